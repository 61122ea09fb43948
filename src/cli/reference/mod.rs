//! The reference part of the book: pages that follow from the code.

mod commands;
mod diagnostics;
mod forms;
mod mapping;
mod markdown;
mod versions;

/// The pages by the names of their files, in `docs/src/reference/`.
pub(super) fn pages() -> serde_json::Result<[(&'static str, String); 5]> {
    Ok([
        ("commands.md", commands::page(&super::command())),
        ("diagnostics.md", diagnostics::page()),
        ("mapping.md", mapping::page()),
        ("versions.md", versions::page()),
        ("json.md", forms::page()?),
    ])
}
