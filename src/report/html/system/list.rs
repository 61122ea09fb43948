//! The list of Services: a frame that the script fills, and the whole of it as a plain
//! table where no script runs.

use super::super::super::escape::markup;
use super::super::table::{Row, table};
use super::System;

pub(super) fn section(system: &System<'_>) -> String {
    let mut options = String::new();
    for (column, words) in &system.filters {
        let head = markup(system.heads.get(*column).copied().unwrap_or_default());
        options.push_str(&format!("<optgroup label=\"{head}\">"));
        for word in words {
            options.push_str(&format!("<option value=\"{column}:{word}\">{word}</option>"));
        }
        options.push_str("</optgroup>");
    }
    let heads: String = system
        .heads
        .iter()
        .map(|head| format!("<th scope=\"col\">{}</th>", markup(head)))
        .collect();
    format!(
        "<form id=\"filter\" class=\"filter\" role=\"search\" hidden>\n<label>Search<input \
         id=\"search\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\" \
         placeholder=\"name, address, pool, node or peer\"></label>\n<label>Show<select \
         id=\"only\"><option value=\"\">all Services</option>{options}</select></label>\n<button \
         id=\"boxed\" type=\"button\" hidden></button>\n<output id=\"count\" for=\"search \
         only\"></output>\n</form>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" \
         aria-label=\"List of Services\" hidden><table id=\"list\" class=\"stacked\"><caption \
         class=\"hidden\">Services</caption><thead><tr>{heads}</tr></thead><tbody></tbody></table>\
         </div>\n<p><button id=\"more\" type=\"button\" hidden>Show more</button></p>\n<noscript>\n\
         {}</noscript>\n",
        plain(system)
    )
}

/// Every Service, and every way of being served.
fn plain(system: &System<'_>) -> String {
    const WAY: &str = "Served";
    let mut heads = system.heads.clone();
    heads.push(WAY);
    let rows = system.services.iter().map(|service| {
        let mut cells: Vec<String> = service.cells.iter().map(ToString::to_string).collect();
        cells.push(format!("way {}", service.group + 1));
        let differs = system.groups.get(service.group).is_some_and(|group| group.differs);
        Row { class: if differs { "differs" } else { "same" }, cells }
    });
    let mut text = table("Every Service", &heads, &rows.collect::<Vec<_>>());
    let mut heads = vec![WAY, "Services"];
    heads.extend(&system.titles);
    let rows = system.groups.iter().zip(1..).map(|(group, number)| {
        let mut cells = vec![format!("way {number}"), group.services.len().to_string()];
        cells.extend(group.sides.iter().map(|ways| {
            let parts = ways.lines().into_iter().filter(|(_, lines)| !lines.is_empty());
            let lines = parts.map(|(heading, lines)| format!("{heading}: {}", lines.join("; ")));
            lines.collect::<Vec<_>>().join("\n")
        }));
        Row { class: if group.differs { "differs" } else { "same" }, cells }
    });
    text.push_str(&table("Ways of being served", &heads, &rows.collect::<Vec<_>>()));
    text
}
