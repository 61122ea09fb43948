//! Diagnostics as workflow commands of GitHub Actions, which become annotations
//! (docs.github.com, "Workflow commands for GitHub Actions").

use super::escape;
use crate::diagnostic::{Diagnostic, Severity};
use crate::manifest::Sources;

pub(super) fn render(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    diagnostics.iter().map(|diagnostic| command(diagnostic, sources) + "\n").collect()
}

/// A command about no place.
pub(super) fn whole(name: &str, title: &str, message: &str) -> String {
    format!("::{name} title={}::{}\n", property(title), data(message))
}

fn command(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let name = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Lossy(_) => "warning",
        Severity::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(label) = diagnostic.labels.first() {
        let (start, end) = (sources.start(label.span), sources.end(label.span));
        // Columns that count in different lines would say nothing.
        let one_line = start.line == end.line;
        properties.push(format!("file={}", property(&sources.get(label.span.source).name)));
        properties.push(format!("line={}", start.line));
        properties.extend(one_line.then(|| format!("col={}", start.column)));
        properties.push(format!("endLine={}", end.line));
        properties.extend(one_line.then(|| format!("endColumn={}", end.column)));
    }
    properties.push(format!("title={}", property(diagnostic.code.id)));
    format!("::{name} {}::{}", properties.join(","), message(diagnostic, sources))
}

/// The message with what else there is to say, a line each: an annotation has
/// one place only.
fn message(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let mut lines = vec![diagnostic.message.clone()];
    for (index, label) in diagnostic.labels.iter().enumerate() {
        let (start, file) = (sources.start(label.span), &sources.get(label.span.source).name);
        if index > 0 {
            lines.push(format!("{file}:{}:{}: {}", start.line, start.column, label.text));
        } else if !label.text.is_empty() {
            lines.push(label.text.clone());
        }
    }
    lines.extend(diagnostic.help.as_ref().map(|help| format!("help: {help}")));
    data(&lines.join("\n"))
}

fn data(text: &str) -> String {
    let escaped = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    escape::visible(&escaped, true).into_owned()
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{NOTE, sample, span_of};
    use super::super::{Format, render};
    use crate::diagnostic::Diagnostic;
    use crate::manifest::{Sources, Span};

    #[test]
    fn each_diagnostic_is_a_workflow_command() {
        let (diagnostics, sources) = sample();
        assert_eq!(
            render(&diagnostics, &sources, &Format::Github),
            "::error file=metallb/pools.yaml,line=7,col=5,endLine=7,endColumn=22,title=M2C201::\
             the range 10.0.0.9-10.0.0.1 ends before it starts%0A100%25 reversed%0A\
             help: write it as 10.0.0.1-10.0.0.9\n\
             ::warning file=metallb/l2%2C all.yaml,line=1,col=7,endLine=1,endColumn=22,\
             title=M2C310::Cilium answers from other nodes%0Athis one%0A\
             metallb/pools.yaml:4:9: announces this pool\n\
             ::notice file=metallb/l2%2C all.yaml,line=2,col=6,endLine=2,endColumn=16,\
             title=M2C390::an address that Services share is answered by one node%0A\
             announced here\n\
             ::warning title=M2C310::nobody is served either way\n"
        );
    }

    #[test]
    fn a_hostile_name_starts_no_command() {
        let mut sources = Sources::default();
        let source = sources.add("a:b\r\n::error::x%,.yaml", "kind: X\nspec:\n");
        let span = Span { end: 13, ..span_of(&sources, source, "kind") };
        let message = "x\n::stop-commands::y\x1b\r";
        let diagnostic = Diagnostic::note(&NOTE, message).label(Some(span), "");
        assert_eq!(
            render(&[diagnostic], &sources, &Format::Github),
            "::notice file=a%3Ab%0D%0A%3A%3Aerror%3A%3Ax%25%2C.yaml,line=1,endLine=2,\
             title=M2C390::x%0A::stop-commands::y␛%0D\n"
        );
    }
}
