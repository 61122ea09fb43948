//! The line at the end.

use std::fmt;

use crate::diagnostic::{Diagnostic, Severity};

/// How much went in, came out and was said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Objects of the input that were converted.
    pub objects_in: usize,
    /// Objects of the output.
    pub objects_out: usize,
    /// Refusals.
    pub errors: usize,
    /// Losses of whatever impact.
    pub lossy: usize,
    /// Notes.
    pub notes: usize,
}

impl Summary {
    /// Counts diagnostics.
    pub fn new(objects_in: usize, objects_out: usize, diagnostics: &[Diagnostic]) -> Self {
        let mut summary = Self { objects_in, objects_out, ..Self::default() };
        for diagnostic in diagnostics {
            match diagnostic.severity {
                Severity::Error => summary.errors += 1,
                Severity::Lossy(_) => summary.lossy += 1,
                Severity::Note => summary.notes += 1,
            }
        }
        summary
    }
}

/// `3 objects in, 5 out; 1 lossy, 2 notes`.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = |count| if count == 1 { "" } else { "s" };
        let (n_in, n_out) = (self.objects_in, self.objects_out);
        write!(f, "{n_in} object{} in, {n_out} out; ", s(n_in))?;
        if self.errors > 0 {
            write!(f, "{} error{}, ", self.errors, s(self.errors))?;
        }
        match self.lossy {
            0 => f.write_str("nothing lossy")?,
            count => write!(f, "{count} lossy")?,
        }
        match self.notes {
            0 => Ok(()),
            count => write!(f, ", {count} note{}", s(count)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::sample;
    use super::*;

    #[test]
    fn the_summary_counts() {
        let (diagnostics, _) = sample();
        assert_eq!(
            Summary::new(3, 5, &diagnostics).to_string(),
            "3 objects in, 5 out; 1 error, 2 lossy, 1 note"
        );
        assert_eq!(Summary::new(1, 0, &[]).to_string(), "1 object in, 0 out; nothing lossy");
    }
}
