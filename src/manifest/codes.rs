//! Diagnostic codes of reading input: `M2C1xx`.

use crate::diagnostic::Code;

/// Every code of this concern.
pub const ALL: &[&Code] = &[];
