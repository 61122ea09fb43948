//! Texts in, [`Manifests`] out.

use std::ops::Range;
use std::sync::Arc;

use super::parse::{Budget, ParseError, ParseErrorKind};
use super::{Node, Object, SourceId, Sources, Span, codes, document, json, object, template, yaml};
use crate::diagnostic::Diagnostic;
use crate::progress::Progress;

/// How many problems of reading are told; one more says that there are others.
const MAX_DIAGNOSTICS: usize = 1_000;

/// What was read: objects in input order, and what could not be read.
#[derive(Debug, Clone, Default)]
pub struct Manifests {
    /// Every text that was read, for the places of diagnostics.
    pub sources: Sources,
    /// The Kubernetes objects, `List`s taken apart.
    pub objects: Vec<Object>,
    /// Mappings that are no Kubernetes object: Helm values, bare legacy
    /// configuration, others.
    pub untyped: Vec<Untyped>,
    /// What could not be read.
    pub diagnostics: Vec<Diagnostic>,
    pub(super) budget: Budget,
    truncated: bool,
}

/// A mapping at the top of a document that has neither `apiVersion` nor `kind`.
#[derive(Debug, Clone)]
pub struct Untyped {
    /// The whole document.
    pub node: Arc<Node>,
}

impl Manifests {
    /// Reads one text; `name` is how diagnostics call it.
    pub fn from_text(name: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        let mut manifests = Self::default();
        manifests.add_text(name, text);
        manifests
    }

    /// Says to `progress` how far reading comes from now on.
    pub fn tell(&mut self, progress: &Progress) {
        self.budget.progress = progress.clone();
    }

    /// Reads one more text.
    pub fn add_text(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> SourceId {
        let text = text.into();
        let id = self.sources.add(name, Arc::clone(&text));
        if text.starts_with("#!") {
            self.not_a_manifest(id, &text, "a script");
            return id;
        }
        let mut template_seen = false;
        for (index, range) in document::documents(&text).enumerate() {
            let error = match self.document(id, &text, range.clone()) {
                Ok(()) => continue,
                Err(error) => error,
            };
            if let Some(marker) = template::first_marker(&text[range.clone()]) {
                if !template_seen {
                    self.template(id, &text, range.start + marker);
                }
                template_seen = true;
            } else if index == 0
                && matches!(
                    error.kind,
                    ParseErrorKind::Syntax(_) | ParseErrorKind::NotAnObject("text")
                )
                && !template::looks_like_yaml(&text[range.clone()])
            {
                self.not_a_manifest(id, &text, "not YAML");
                break;
            } else {
                let mut diagnostic = describe(error);
                if diagnostic.code == codes::SYNTAX {
                    diagnostic.help = self.tab_help(id, &text, range).or(diagnostic.help);
                }
                self.problem(diagnostic);
            }
        }
        id
    }

    /// Takes a part of a text that was read before as a document of its own.
    pub fn add_node(&mut self, node: Node) {
        if let Err(error) = object::collect(self, node) {
            self.problem(describe(error));
        }
    }

    /// Adds a problem of reading, of which only so many are told.
    pub(super) fn problem(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MAX_DIAGNOSTICS {
            self.diagnostics.push(diagnostic);
        } else if !self.truncated {
            self.truncated = true;
            let message = format!("more than {MAX_DIAGNOSTICS} problems; the others are not shown");
            self.diagnostics.push(Diagnostic::error(codes::TOO_MANY_PROBLEMS, message));
        }
    }

    fn document(
        &mut self,
        source: SourceId,
        text: &str,
        range: Range<usize>,
    ) -> Result<(), ParseError> {
        if let Some(start) = json_start(text, &range) {
            return self.json_stream(source, text, start, range);
        }
        match yaml::parse(text, range, source, &mut self.budget)? {
            Some(node) => object::collect(self, node),
            None => Ok(()),
        }
    }

    /// JSON values one behind the other, as `kubectl get -o json` of several
    /// commands gives; a first value that is not JSON may be YAML's flow style.
    fn json_stream(
        &mut self,
        source: SourceId,
        text: &str,
        start: usize,
        range: Range<usize>,
    ) -> Result<(), ParseError> {
        let mut at = start;
        loop {
            match json::parse(text, at, range.end, source, &mut self.budget) {
                Ok((node, end)) => {
                    let rest = &text[end..range.end];
                    let more = rest.trim_start();
                    let first = at == start;
                    at = range.end - more.len();
                    if first && !(more.is_empty() || more.starts_with('{')) {
                        // Such as `{a: b} # comment`, or a broken text.
                        return self.flow_document(source, text, range, None);
                    }
                    object::collect(self, node)?;
                    if more.is_empty() {
                        return Ok(());
                    }
                }
                Err(error) if at == start => {
                    return self.flow_document(source, text, range, Some(error));
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn flow_document(
        &mut self,
        source: SourceId,
        text: &str,
        range: Range<usize>,
        json_error: Option<ParseError>,
    ) -> Result<(), ParseError> {
        let is_json = self.sources.get(source).name.ends_with(".json");
        match (yaml::parse(text, range, source, &mut self.budget), json_error) {
            (Ok(Some(node)), _) => object::collect(self, node),
            (Ok(None), _) => Ok(()),
            (Err(_), Some(error)) if is_json => Err(error),
            (Err(error), _) => Err(error),
        }
    }

    /// The most frequent cause of broken YAML, where it is there.
    fn tab_help(&self, source: SourceId, text: &str, range: Range<usize>) -> Option<String> {
        let mut offset = range.start;
        for line in text[range].split_inclusive('\n') {
            if line.trim_start_matches(' ').starts_with('\t') && !line.trim().is_empty() {
                let line = self.sources.start(super::parse::span(source, offset, offset)).line;
                return Some(format!("line {line} is indented with a tab; YAML wants spaces"));
            }
            offset += line.len();
        }
        None
    }

    fn template(&mut self, source: SourceId, text: &str, marker: usize) {
        let span = Span { source, start: marker as u32, end: marker as u32 + 2 };
        let name = &self.sources.get(source).name;
        let line = self.sources.start(span).line;
        let opener = &text[marker..marker + 2];
        let message = format!("{name} is a template, not a manifest: `{opener}` on line {line}");
        self.problem(
            Diagnostic::error(codes::TEMPLATE, message)
                .label(Some(span), "the first template expression")
                .help(
                    "render it first and pass the result: `helm template …`, \
                     `kustomize build …`, or the tool that the template is made for",
                ),
        );
    }

    fn not_a_manifest(&mut self, source: SourceId, text: &str, what: &str) {
        let name = &self.sources.get(source).name;
        let message = format!("{name} is not a manifest: it is {what}");
        let (offset, length, label) = match template::metallb_line(text) {
            Some((offset, length)) => (offset, length, "here it speaks of MetalLB"),
            None => (0, text.lines().next().map_or(0, str::len), "its first line"),
        };
        let span = super::parse::span(source, offset, offset + length);
        self.problem(
            Diagnostic::error(codes::NOT_A_MANIFEST, message)
                .label(Some(span), label)
                .help("save the manifests that it holds or makes as YAML of their own"),
        );
    }
}

/// Where JSON starts in a document, if it does.
pub(super) fn json_start(text: &str, range: &Range<usize>) -> Option<usize> {
    let chunk = &text[range.clone()];
    let trimmed = chunk.strip_prefix("---").unwrap_or(chunk).trim_start();
    let start = range.end - trimmed.len();
    (trimmed.starts_with('{') && !trimmed.starts_with("{{") && !trimmed.starts_with("{%"))
        .then_some(start)
}

/// A problem of parsing, for people.
pub(super) fn describe(error: ParseError) -> Diagnostic {
    let at = Some(error.span);
    match error.kind {
        ParseErrorKind::Syntax(info) => {
            Diagnostic::error(codes::SYNTAX, format!("the document cannot be read: {info}"))
                .label(at, "here")
                .help("mend it there, or in the lines before")
        }
        ParseErrorKind::ComplexKey => {
            Diagnostic::error(codes::KEY, "a list or a mapping cannot be a key")
                .label(at, "this is used as a key")
        }
        ParseErrorKind::NullKey => Diagnostic::error(codes::KEY, "null cannot be a key")
            .label(at, "this key is null")
            .help("put quotes around it if it is meant as text"),
        ParseErrorKind::DuplicateKey(key, first) => {
            Diagnostic::error(codes::DUPLICATE_KEY, format!("the key \"{key}\" stands twice"))
                .label(at, "again here")
                .label(Some(first), "first here")
                .help("remove one of the two")
        }
        ParseErrorKind::MergeConflict(key, other) => Diagnostic::error(
            codes::MERGE,
            format!("\"{key}\" stands before `<<`, which holds another value for it"),
        )
        .label(at, "YAML takes this value")
        .label(Some(other), "kubectl takes this one")
        .help("put `<<` before the keys of the mapping"),
        ParseErrorKind::MergeValue => {
            Diagnostic::error(codes::MERGE, "`<<` takes a mapping or a list of mappings")
                .label(at, "this is neither")
        }
        ParseErrorKind::RecursiveAlias => {
            Diagnostic::error(codes::ALIAS, "an alias stands within what it refers to")
                .label(at, "this alias")
        }
        ParseErrorKind::UnknownAnchor => {
            Diagnostic::error(codes::ALIAS, "an alias refers to nothing before it")
                .label(at, "this alias")
                .help("put quotes around it if it is meant as text")
        }
        ParseErrorKind::Tag { tag, text } => {
            Diagnostic::error(codes::TAG, format!("`{text}` is not what its tag {tag} says"))
                .label(at, "this value")
        }
        ParseErrorKind::TooDeep => Diagnostic::error(
            codes::TOO_DEEP,
            format!("nested deeper than {} levels", super::parse::MAX_DEPTH),
        )
        .label(at, "here")
        .help("Kubernetes' own objects stay far below: look for a bracket that is never closed"),
        ParseErrorKind::AliasBomb => {
            Diagnostic::error(codes::TOO_MUCH, "aliases expand to more than 64 MiB")
                .label(at, "at this alias")
                .help("write out what is meant, or split the file")
        }
        ParseErrorKind::TooManyValues => {
            Diagnostic::error(codes::TOO_MUCH, "the input holds too many values")
                .label(at, "no more from here on")
                .help("convert the configuration in parts, without kinds that do not matter")
        }
        ParseErrorKind::NotAnObject(what) => Diagnostic::error(
            codes::NOT_AN_OBJECT,
            format!("the document is {what}, not a Kubernetes object"),
        )
        .label(at, "expected a mapping with apiVersion and kind"),
        ParseErrorKind::Missing(field) => {
            Diagnostic::error(codes::NOT_AN_OBJECT, format!("the object has no {field}"))
                .label(at, format!("{field} is missing here"))
        }
    }
}
