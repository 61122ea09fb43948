//! Diagnostic codes of MetalLB's own rules.

use crate::diagnostic::Code;

/// Every code of this concern.
pub const ALL: &[&Code] = &[];
