//! Manifests on their way out.

use std::io::Write;
use std::path::Path;

use crate::convert::Document;

/// Writes a YAML stream.
///
/// # Errors
/// When the stream cannot be written to.
pub fn write_yaml(documents: &[Document], out: &mut dyn Write) -> anyhow::Result<()> {
    for document in documents {
        writeln!(out, "---")?;
        for line in &document.comments {
            writeln!(out, "# {line}")?;
        }
        out.write_all(serde_saphyr::to_string(&document.object)?.as_bytes())?;
    }
    Ok(())
}

/// Writes one List in JSON.
///
/// # Errors
/// When the stream cannot be written to.
pub fn write_json(documents: &[Document], out: &mut dyn Write) -> anyhow::Result<()> {
    let items: Vec<&serde_json::Value> = documents.iter().map(|d| &d.object).collect();
    let list = serde_json::json!({"apiVersion": "v1", "kind": "List", "items": items});
    serde_json::to_writer_pretty(&mut *out, &list)?;
    writeln!(out)?;
    Ok(())
}

/// Writes a file for each object.
///
/// # Errors
/// When a file cannot be written.
pub fn write_directory(_documents: &[Document], _directory: &Path) -> anyhow::Result<()> {
    anyhow::bail!("not merged yet")
}
