//! Text in columns.

use comfy_table::{ContentArrangement, Table, presets};

use super::super::Style;
use super::super::escape::visible;

/// Columns below their headings, no wider than the style allows. What is too long is
/// broken over several lines of its own column.
pub(super) fn columns<const N: usize>(
    headings: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
    style: &Style,
) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(style.width).unwrap_or(u16::MAX)).set_header(headings);
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    for row in rows {
        table.add_row(row.map(|cell| visible(&cell, style.unicode).into_owned()));
    }
    table.trim_fmt() + "\n"
}
