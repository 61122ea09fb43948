//! The picture as SVG, a figure for each side.

use std::collections::BTreeSet;

use super::super::super::escape::markup;
use super::System;
use super::boxes::{Boxes, Change, EndBox, Kind, ServiceBox};

/// Characters of a box.
const LETTERS: usize = 18;
const ROW: usize = 52;
const TOP: usize = 30;
const BOX: usize = 42;
const WIDTH: usize = 186;
const COLUMNS: [usize; 3] = [2, 246, 490];
const WHOLE: usize = 678;
/// What is told of a tie before the rest is counted.
const TOLD: usize = 6;

/// What the colours mean: their words stand in the boxes, too.
const LEGEND: &[(&str, &str)] = &[
    ("gone", "there before only"),
    ("new", "there after only"),
    ("changed", "on both sides, not alike"),
    ("session", "the routes are alike, a BGP session with the peer is not"),
    ("differs", "traffic is touched"),
];

fn legend() -> String {
    let entries = LEGEND.iter().map(|(word, meaning)| {
        format!("<li><span class=\"key {word}\">{word}</span> {meaning}</li>")
    });
    format!("<ul class=\"legend\">{}</ul>\n", entries.collect::<String>())
}

/// The figures with what is said about them.
pub(super) fn figures(system: &System<'_>, boxes: &Boxes<'_>) -> String {
    let mut text = format!("<p class=\"about\">{}</p>\n", system.about);
    if boxes.is_uneven() || !system.sessions.is_empty() {
        text.push_str(&legend());
    }
    text.push_str(&format!("<div class=\"panels sides-{}\">\n", system.titles.len()));
    for (side, title) in system.titles.iter().enumerate() {
        text.push_str(&figure(system, boxes, side, title));
    }
    text.push_str("</div>\n<div id=\"followed\" role=\"status\"></div>\n");
    text
}

/// The rows of the boxes on the left and the right: `(column, row)` by place.
fn places(boxes: &Boxes<'_>) -> Vec<(usize, usize)> {
    let (mut left, mut right) = (0, 0);
    let place = |one: &EndBox<'_>| {
        let (column, next) = if one.kind == Kind::Pool { (0, &mut left) } else { (2, &mut right) };
        *next += 1;
        (column, *next - 1)
    };
    boxes.ends.iter().map(place).collect()
}

fn figure(system: &System<'_>, boxes: &Boxes<'_>, side: usize, title: &str) -> String {
    let places = places(boxes);
    let lowest = places.iter().map(|(_, row)| row + 1).max().unwrap_or_default();
    let height = TOP + lowest.max(boxes.services.len()) * ROW;
    let mut text = format!(
        "<figure><figcaption>{title}</figcaption><div class=\"scroll\" tabindex=\"0\" \
         role=\"region\" aria-label=\"Picture: {title}\"><svg viewBox=\"0 0 {WHOLE} {height}\" \
         role=\"group\" aria-label=\"Pools, Services, and the nodes and peers of {title}\">\n",
        title = markup(title)
    );
    let heads = ["Pools", "Services", right_head(boxes)];
    for (x, heading) in COLUMNS.into_iter().zip(heads) {
        text.push_str(&format!("<text class=\"head\" x=\"{x}\" y=\"16\">{heading}</text>\n"));
    }
    let after = side > 0;
    for ((from, to), change, words) in boxes.ties(side) {
        if let (Some(end), Some(place)) = (boxes.ends.get(to), places.get(to)) {
            text.push_str(&tie((from, to), end, class(change, after), &words, *place));
        }
    }
    // What is not on this side leaves its place empty.
    for (at, (change, words)) in boxes.ends_of(side) {
        if let (Some(end), Some((column, row))) = (boxes.ends.get(at), places.get(at)) {
            let of_session = end.kind == Kind::Peer
                && end.names.iter().any(|name| system.sessions.contains(name));
            let class = match change {
                Change::Same if of_session => "session",
                change => class(change, after),
            };
            let word = if class == "same" { "" } else { class };
            let data = format!(" data-end=\"{at}\"");
            let below = below(end, &words, boxes.served(side, at));
            text.push_str(&boxed((*column, *row), &label(end), &below, word, class, &data));
        }
    }
    for (at, one) in boxes.services.iter().enumerate() {
        let (word, class) = if one.differs { ("differs", "differs") } else { ("", "same") };
        let data = format!(" data-box=\"{at}\"");
        let (label, below) = of_services(system, one, side);
        text.push_str(&boxed((1, at), &label, &below, word, class, &data));
    }
    text.push_str("</svg></div></figure>\n");
    text
}

fn right_head(boxes: &Boxes<'_>) -> &'static str {
    let has = |kind| boxes.ends.iter().any(|end| end.kind == kind);
    match (has(Kind::Node), has(Kind::Peer)) {
        (true, true) => "Nodes (L2), peers (BGP)",
        (false, true) => "Peers (BGP)",
        (false, false) => "Nobody announces them",
        (true, false) => "Nodes (L2)",
    }
}

fn class(change: Change, after: bool) -> &'static str {
    match change {
        Change::Same => "same",
        Change::Changed => "changed",
        Change::Only if after => "new",
        Change::Only => "gone",
    }
}

fn label(end: &EndBox<'_>) -> String {
    match end.names.as_slice() {
        [one] if end.kind == Kind::Peer => format!("peer {one}"),
        [one] => (*one).to_owned(),
        several if end.rest => format!("{} more {}", several.len(), end.kind.several()),
        several => format!("{} {}", several.len(), end.kind.several()),
    }
}

/// The second line of a box: how many Services a pool serves, the interfaces of a node,
/// the nodes of a peer.
fn below(end: &EndBox<'_>, words: &BTreeSet<&str>, services: usize) -> String {
    let mut parts: BTreeSet<&str> = words.iter().copied().filter(|word| !word.is_empty()).collect();
    match end.kind {
        Kind::Pool => format!("{services} Service{}", if services == 1 { "" } else { "s" }),
        _ if end.names.len() > 1 => end.names.join(", "),
        Kind::Node => format!("on {}", parts.into_iter().collect::<Vec<_>>().join(" or ")),
        Kind::Peer => {
            parts = parts.iter().filter_map(|part| part.split(": ").next()).collect();
            match parts.len() {
                0..=2 => format!("from {}", parts.into_iter().collect::<Vec<_>>().join(", ")),
                count => format!("from {count} nodes"),
            }
        }
    }
}

/// A Service is told with its address on that side, several with the first of them.
fn of_services(system: &System<'_>, one: &ServiceBox, side: usize) -> (String, String) {
    let cell = |at| one.groups.first().map_or("", |first| system.first(*first, at));
    let first = cell(0);
    let ways = one.groups.len();
    let below = if ways > 1 {
        format!("served in {ways} ways")
    } else if one.services > 1 {
        format!("{first}, …")
    } else {
        cell(1 + side).to_owned()
    };
    match one.services {
        0 | 1 => (first.to_owned(), below),
        count if one.rest => (format!("{count} more Services"), below),
        count => (format!("{count} Services"), below),
    }
}

fn tie(
    (from, to): (usize, usize),
    end: &EndBox<'_>,
    class: &str,
    words: &BTreeSet<&str>,
    (column, row): (usize, usize),
) -> String {
    let y = |row: usize| TOP + row * ROW + BOX / 2;
    let [left, middle, right] = COLUMNS;
    let ((x1, y1), (x2, y2)) = if column == 0 {
        ((left + WIDTH, y(row)), (middle, y(from)))
    } else {
        ((middle + WIDTH, y(from)), (right, y(row)))
    };
    let told: Vec<&str> = words.iter().copied().filter(|word| !word.is_empty()).collect();
    let mut title = format!("{}, {class}", label(end));
    if !told.is_empty() {
        let shown: Vec<&str> = told.iter().copied().take(TOLD).collect();
        title.push_str(&format!(": {}", shown.join("; ")));
    }
    if told.len() > TOLD {
        title.push_str(&format!("; and {} more", told.len() - TOLD));
    }
    let half = (x1 + x2) / 2;
    format!(
        "<path class=\"tie {class}\" data-from=\"{from}\" data-to=\"{to}\" d=\"M{x1} {y1} C{half} \
         {y1} {half} {y2} {x2} {y2}\"><title>{}</title></path>\n",
        markup(&title)
    )
}

/// A box with its label, a line below, and a word where something is to be said.
fn boxed(
    (column, row): (usize, usize),
    label: &str,
    below: &str,
    word: &str,
    class: &str,
    data: &str,
) -> String {
    let (x, y) = (COLUMNS.get(column).copied().unwrap_or_default(), TOP + row * ROW);
    let word = if word.is_empty() {
        String::new()
    } else {
        format!(
            "<text class=\"word\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{word}</text>",
            x + WIDTH - 9,
            y + 34
        )
    };
    let room = if word.is_empty() { LETTERS + 2 } else { LETTERS - 4 };
    format!(
        "<g class=\"box {class}\"{data}><title>{}</title><rect x=\"{x}\" y=\"{y}\" rx=\"5\" \
         width=\"{WIDTH}\" height=\"{BOX}\"/><text class=\"label\" x=\"{}\" y=\"{}\">{}</text><text \
         class=\"below\" x=\"{}\" y=\"{}\">{}</text>{word}</g>\n",
        markup(&format!("{label}: {below}")),
        x + 9,
        y + 17,
        markup(&shortened(label, LETTERS)),
        x + 9,
        y + 34,
        markup(&shortened(below, room))
    )
}

/// A text cut to the room of so many letters of the usual width.
fn shortened(text: &str, letters: usize) -> String {
    let room = letters * 10;
    if text.chars().map(width).sum::<usize>() <= room {
        return text.to_owned();
    }
    let mut used = width('…');
    let fits = text.chars().take_while(|character| {
        used += width(*character);
        used <= room
    });
    fits.chain(['…']).collect()
}

/// How wide a letter is, in tenths of the usual width: fonts are not known here.
fn width(character: char) -> usize {
    match character {
        'i' | 'j' | 'l' | 'f' | 't' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | ' ' | '!' => 7,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 15,
        'A'..='Z' | '&' | '<' | '>' | '=' | '+' | '…' => 13,
        character if character.is_ascii() => 10,
        '\u{80}'..='\u{24f}' => 10,
        _ => 20,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_cut_to_its_room() {
        assert_eq!(shortened("shop/api", 8), "shop/api");
        assert_eq!(shortened("node-a, node-b", 8), "node-a,…");
        assert_eq!(shortened("WWWWWWWW", 8), "WWWW…");
        assert_eq!(shortened("", 8), "");
    }
}
