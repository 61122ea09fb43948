//! JSON patch operations that set MetalLB's annotations, as Kustomize has them.

use super::edit::Edits;
use super::find::Operations;
use super::layout::Layout;
use super::names::{ADDRESSES, IPS, POOL, SHARING, SHARING_KEY, annotation, from_pointer, pointer};
use super::sites::Editing;
use super::wishes::is_open;
use super::written::{NotExact, bytes, line_break, line_start, quote_of};
use crate::convert::pool_label;
use crate::ip;
use crate::manifest::{Node, Value};

impl Editing<'_> {
    /// Edits a list of operations.
    pub(super) fn operations(&mut self, operations: &Operations) {
        for (at, key) in &operations.items {
            let Value::Seq(items) = &operations.list.value else { return };
            let Some(item) = items.get(*at) else { continue };
            let Some((name, value)) = self.wanted(operations, item, key) else { continue };
            let stands = items.iter().any(|other| sets(other, name));
            match self.operation(operations, item, name, &value, stands) {
                Ok(edits) => self.edits.append(edits),
                Err(problem) => self.not_exact(item, problem),
            }
        }
    }

    /// Cilium's annotation and its value for an operation.
    fn wanted(
        &mut self,
        operations: &Operations,
        item: &Node,
        key: &str,
    ) -> Option<(&'static str, String)> {
        let text = item.get("value")?.as_str()?;
        if text.trim().is_empty() {
            return None;
        }
        let name = annotation(key)?;
        match name {
            POOL => {
                let label = if is_open(text) { text.to_owned() } else { pool_label(text) };
                self.label_needed(item, &operations.around, &label);
                None
            }
            ADDRESSES => {
                let list: Vec<&str> = text.split(',').map(str::trim).collect();
                if list.iter().any(|one| !is_open(one) && ip::parse_addr(one).is_err()) {
                    self.not_exact(item, NotExact("it asks for something that is no address"));
                    return None;
                }
                Some((IPS[0], list.join(",")))
            }
            SHARING => Some((SHARING_KEY[0], text.to_owned())),
            _ => None,
        }
    }

    /// Puts the operation for Cilium behind the other, or in its place.
    fn operation(
        &self,
        operations: &Operations,
        item: &Node,
        name: &str,
        value: &str,
        stands: bool,
    ) -> Result<Edits, NotExact> {
        const ODD: NotExact = NotExact("its operations are written in a way that is not edited");
        let mut edits = Edits::default();
        let layout = Layout::new(self.text, item)?;
        let (path, old) = (layout.entry("path").ok_or(ODD)?, layout.entry("value").ok_or(ODD)?);
        let parents = path.value.as_str().and_then(|path| path.rsplit_once('/')).ok_or(ODD)?.0;
        let target = format!("{parents}/{}", pointer(name));
        let json = |text: &str| serde_json::Value::String(text.to_owned()).to_string();
        if self.options.remove_metallb {
            if stands {
                return Err(NotExact("both annotations are set here"));
            }
            let quoted = quote_of(layout.written(path)).is_some() || layout.flow;
            let target = if quoted { json(&target) } else { target };
            edits.replace(path.raw.clone(), target);
            if old.value.as_str() != Some(value) {
                edits.replace(old.raw.clone(), json(value));
            }
            return Ok(edits);
        }
        if stands {
            return Ok(edits);
        }
        let list_is_flow =
            self.text.get(bytes(operations.list.span)).is_some_and(|text| text.starts_with('['));
        let inline = if layout.flow && self.text[bytes(item.span)].contains('"') {
            format!("{{\"op\": \"add\", \"path\": {}, \"value\": {}}}", json(&target), json(value))
        } else {
            format!("{{op: add, path: {}, value: {}}}", json(&target), json(value))
        };
        let end = bytes(item.span).end;
        if list_is_flow {
            edits.insert(end, format!(", {inline}"));
            return Ok(edits);
        }
        let start = line_start(self.text, bytes(item.span).start);
        let before = &self.text[start..bytes(item.span).start];
        if !before.trim_start().starts_with('-') || before.trim() != "-" {
            return Err(ODD);
        }
        let line_break = line_break(self.text, end);
        let indent = " ".repeat(before.len());
        let written = if layout.flow {
            format!("{before}{inline}")
        } else {
            let unchanged =
                old.value.as_str() == Some(value) && !layout.written(old).contains('\n');
            let value = if unchanged { layout.written(old).to_owned() } else { json(value) };
            format!(
                "{before}op: add{line_break}{indent}path: {target}{line_break}{indent}value: {value}"
            )
        };
        let last = layout.entries.iter().map(|entry| entry.raw.end).max().unwrap_or(end).max(end);
        let newline = self.text[last..].find('\n').map(|newline| last + newline + 1);
        match newline {
            Some(at) => edits.insert(at, format!("{written}{line_break}")),
            None => edits.insert(self.text.len(), format!("{line_break}{written}")),
        }
        Ok(edits)
    }
}

/// Whether an operation sets that annotation.
fn sets(item: &Node, name: &str) -> bool {
    let path = item.get("path").and_then(Node::as_str);
    path.and_then(|path| path.rsplit_once('/')).is_some_and(|(_, last)| from_pointer(last) == name)
}
