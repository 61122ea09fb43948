//! Tables that a screen reader can read, too.

use super::super::escape::markup;

/// A row: its class, and its cells, of which the first names it.
pub(in crate::report) struct Row {
    /// What it looks like.
    pub(in crate::report) class: &'static str,
    /// The texts.
    pub(in crate::report) cells: Vec<String>,
}

/// A table within a region that scrolls by itself; on a narrow screen each row becomes a
/// block, whose cells name their column.
pub(in crate::report) fn table(caption: &str, heads: &[&str], rows: &[Row]) -> String {
    let head = heads.iter().map(|head| format!("<th scope=\"col\">{}</th>", markup(head)));
    let mut text = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\"><table \
         class=\"stacked\"><caption>{caption}</caption><thead><tr>{}</tr></thead><tbody>\n",
        head.collect::<String>(),
        caption = markup(caption)
    );
    for Row { class, cells } in rows {
        text.push_str(&format!("<tr class=\"{class}\">"));
        for (at, (cell, head)) in cells.iter().zip(heads).enumerate() {
            let lines: Vec<String> = cell.split('\n').map(markup).collect();
            let cell = lines.join("<br>");
            if at == 0 {
                text.push_str(&format!("<th scope=\"row\">{cell}</th>"));
            } else {
                text.push_str(&format!("<td data-of=\"{}\">{cell}</td>", markup(head)));
            }
        }
        text.push_str("</tr>\n");
    }
    text.push_str("</tbody></table></div>\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_have_their_scope_and_cells_are_text() {
        let rows = [Row { class: "same", cells: vec!["a<b>".to_owned(), "x\ny".to_owned()] }];
        let text = table("All & more", &["Name", "Value"], &rows);
        assert!(text.contains("<caption>All &amp; more</caption>"));
        assert!(text.contains("<th scope=\"col\">Name</th>"));
        assert!(text.contains("<th scope=\"row\">a&lt;b&gt;</th>"));
        assert!(text.contains("<td data-of=\"Value\">x<br>y</td>"), "{text}");
    }
}
