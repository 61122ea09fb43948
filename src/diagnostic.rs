//! Diagnostics: what is wrong, lossy or worth knowing about the input.
//!
//! Every diagnostic carries a stable [`Code`], a severity, a message, labels on
//! spans of the input and, where there is one, a remedy. How it is shown is the
//! business of `report`; this module only holds the values.

use std::fmt;

use crate::manifest::Span;

/// A stable diagnostic code with its title and the text of `explain`.
///
/// Codes are constants beside the concern that raises them (`metallb::codes`,
/// `convert::codes`, …); `cli::codes::all_codes` lists every one.
#[derive(Debug)]
pub struct Code {
    /// The stable identifier, such as `M2C201`.
    pub id: &'static str,
    /// One line: what the code stands for.
    pub title: &'static str,
    /// What it means, why, and what to do; printed by `explain`.
    pub explain: &'static str,
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Code {}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

/// Declares the codes of a concern, and the list of them all.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $title:literal, $explain:literal;)*) => {
        $(
            $(#[$doc])*
            pub const $name: &$crate::diagnostic::Code =
                &$crate::diagnostic::Code { id: $id, title: $title, explain: $explain };
        )*
        /// Every code of this concern.
        pub const ALL: &[&$crate::diagnostic::Code] = &[$($name),*];
    };
}
pub(crate) use codes;

/// How grave a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The input is refused; nothing is printed on stdout.
    Error,
    /// Cilium will decide otherwise than MetalLB here.
    Lossy(Impact),
    /// The same, but worth knowing; or an assumption of the conversion.
    Note,
}

/// Whom a loss touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Impact {
    /// Traffic can go elsewhere, or nowhere. `--strict` counts these.
    Traffic,
    /// Nobody can be served either way.
    None,
}

/// A span of the input with what is to be said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What, in a few words; may be empty.
    pub text: String,
}

/// The object a diagnostic speaks of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectRef {
    /// The API kind, such as `IPAddressPool`.
    pub kind: String,
    /// `metadata.namespace`, empty for cluster-wide objects.
    pub namespace: String,
    /// `metadata.name`.
    pub name: String,
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace.is_empty() {
            write!(f, "{} {}", self.kind, self.name)
        } else {
            write!(f, "{} {}/{}", self.kind, self.namespace, self.name)
        }
    }
}

/// One thing to say about the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable code.
    pub code: &'static Code,
    /// How grave it is.
    pub severity: Severity,
    /// One sentence: what is wrong or what will differ.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The object it speaks of.
    pub object: Option<ObjectRef>,
    /// Where in the input; the first label is the primary one.
    pub labels: Vec<Label>,
    /// Whether it takes something for granted, which is void once a difference of its
    /// code is found.
    pub assumed: bool,
}

impl Diagnostic {
    /// A refusal.
    pub fn error(code: &'static Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    /// A loss that touches traffic.
    pub fn lossy(code: &'static Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Lossy(Impact::Traffic), message)
    }

    /// A loss that touches nobody.
    pub fn lossy_without_impact(code: &'static Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Lossy(Impact::None), message)
    }

    /// Something worth knowing.
    pub fn note(code: &'static Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Note, message)
    }

    /// A note that takes for granted `what`: "no Node is touched", say.
    pub fn assumption(code: &'static Code, what: impl fmt::Display) -> Self {
        Self { assumed: true, ..Self::note(code, format!("assumed that {what}")) }
    }

    fn new(code: &'static Code, severity: Severity, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, severity, message, help: None, object: None, labels: vec![], assumed: false }
    }

    /// Adds the remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a label; the first one added is the primary one.
    #[must_use]
    pub fn label(mut self, span: Option<Span>, text: impl Into<String>) -> Self {
        if let Some(span) = span {
            self.labels.push(Label { span, text: text.into() });
        }
        self
    }

    /// Names the object it speaks of.
    #[must_use]
    pub fn object(mut self, object: ObjectRef) -> Self {
        self.object = Some(object);
        self
    }

    /// Whether the input is refused because of it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Whether it only says what is worth knowing.
    pub fn is_note(&self) -> bool {
        self.severity == Severity::Note
    }

    /// Whether it is a loss, of whatever impact.
    pub fn is_lossy(&self) -> bool {
        matches!(self.severity, Severity::Lossy(_))
    }
}
