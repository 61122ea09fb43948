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

/// What the colours and lines mean: their words stand in the boxes, too.
const LEGEND: &[(&str, &str)] = &[
    ("gone", "there before only"),
    ("new", "there after only"),
    ("changed", "on both sides, not alike"),
    ("session", "the routes are alike, a BGP session with the peer is not"),
    ("differs", "traffic is touched"),
];

/// How the boxes and the ties of a picture are drawn, by class.
#[derive(Default)]
struct Used {
    boxes: BTreeSet<&'static str>,
    ties: BTreeSet<&'static str>,
}

impl Used {
    fn of(system: &System<'_>, boxes: &Boxes<'_>) -> Self {
        let mut used = Self::default();
        for side in 0..system.titles.len() {
            used.ties.extend(boxes.ties(side).map(|(_, change, _)| class(change, side > 0)));
            let ends = boxes.ends_of(side);
            let ends =
                ends.iter().filter_map(|(at, (change, _))| Some((boxes.ends.get(*at)?, change)));
            used.boxes.extend(ends.map(|(end, change)| of_end(system, end, *change, side > 0)));
        }
        used.boxes.extend(boxes.services.iter().map(of_service));
        used
    }

    /// A key for each that is there.
    fn legend(&self) -> String {
        let entry = |(word, meaning): &(&str, &str)| {
            let mut keys = String::new();
            if self.boxes.contains(word) {
                keys.push_str(&format!("<span class=\"key {word}\">{word}</span>"));
            }
            if self.ties.contains(word) {
                keys.push_str(&format!("<span class=\"stroke {word}\">{}</span>", hidden(word)));
            }
            let is_used = !keys.is_empty();
            is_used.then(|| format!("<li>{keys} {meaning}</li>"))
        };
        let entries: String = LEGEND.iter().filter_map(entry).collect();
        if entries.is_empty() { entries } else { format!("<ul class=\"legend\">{entries}</ul>\n") }
    }
}

/// What a line says to who does not see it.
fn hidden(word: &str) -> String {
    format!("<span class=\"hidden\">line: {word}</span>")
}

/// What boxes of several things have in common, where there are such.
fn several(boxes: &Boxes<'_>) -> String {
    let has = |rest| boxes.ends.iter().any(|end| end.names.len() > 1 && end.rest == rest);
    let mut parts = Vec::new();
    if has(false) {
        parts.push("“alike”: the picture says the same of all of them.");
    }
    if has(true) || boxes.services.iter().any(|one| one.rest) {
        parts.push("“other”: those that found no box of their own.");
    }
    if parts.is_empty() {
        return String::new();
    }
    format!("<p class=\"about\">{}</p>\n", parts.join(" "))
}

/// The figures with what is said about them.
pub(super) fn figures(system: &System<'_>, boxes: &Boxes<'_>) -> String {
    let mut text = format!("<p class=\"about\">{}</p>\n", system.about);
    text.push_str(&several(boxes));
    text.push_str(&Used::of(system, boxes).legend());
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
    let letters = |texts: Vec<String>| apart(&texts, LETTERS).into_iter();
    let shown: Vec<String> = letters(boxes.ends.iter().map(label).collect()).collect();
    // What is not on this side leaves its place empty.
    for (at, (change, words)) in boxes.ends_of(side) {
        if let (Some(end), Some((column, row))) = (boxes.ends.get(at), places.get(at)) {
            let class = of_end(system, end, change, after);
            let word = if class == "same" { "" } else { class };
            let data = format!(" data-end=\"{at}\"");
            let below = below(end, &words, boxes.served(side, at));
            let label = (label(end), shown.get(at).cloned().unwrap_or_default());
            text.push_str(&boxed((*column, *row), label, &below, word, class, &data));
        }
    }
    let told = boxes.services.iter().map(|one| of_services(system, one, side));
    let told: Vec<(String, String)> = told.collect();
    let shown = letters(told.iter().map(|(label, _)| label.clone()).collect());
    for (((at, one), (label, below)), shown) in
        boxes.services.iter().enumerate().zip(told).zip(shown)
    {
        let class = of_service(one);
        let word = if class == "same" { "" } else { class };
        let data = format!(" data-box=\"{at}\"");
        text.push_str(&boxed((1, at), (label, shown), &below, word, class, &data));
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

/// How a box beside the Services is drawn.
fn of_end(system: &System<'_>, end: &EndBox<'_>, change: Change, after: bool) -> &'static str {
    let of_session =
        end.kind == Kind::Peer && end.names.iter().any(|name| system.sessions.contains(name));
    match change {
        Change::Same if of_session => "session",
        change => class(change, after),
    }
}

fn of_service(one: &ServiceBox) -> &'static str {
    if one.differs { "differs" } else { "same" }
}

fn label(end: &EndBox<'_>) -> String {
    match end.names.as_slice() {
        [one] if end.kind == Kind::Peer => format!("peer {one}"),
        [one] => (*one).to_owned(),
        _ => end.counted(),
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
        count if one.rest => (format!("{count} other Services"), below),
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

/// A box with its label, which is cut to its room, a line below, and a word where
/// something is to be said.
fn boxed(
    (column, row): (usize, usize),
    (label, shown): (String, String),
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
        markup(&shown),
        x + 9,
        y + 34,
        markup(&shortened(below, room))
    )
}

/// A text cut to the room of so many letters of the usual width: in its middle, since
/// names differ at their ends.
fn shortened(text: &str, letters: usize) -> String {
    let room = letters * 10;
    if text.chars().map(width).sum::<usize>() <= room {
        return text.to_owned();
    }
    let half = room.saturating_sub(width('…')) / 2;
    let fitting = |characters: &mut dyn Iterator<Item = char>| -> String {
        let mut used = 0;
        let fits = characters.take_while(|character| {
            used += width(*character);
            used <= half
        });
        fits.collect()
    };
    let begin = fitting(&mut text.chars());
    let end: String = fitting(&mut text.chars().rev()).chars().rev().collect();
    format!("{begin}…{end}")
}

/// Texts cut to that room, so that no two that differ look the same: what they begin with
/// alike gives way.
fn apart(texts: &[String], letters: usize) -> Vec<String> {
    let all: Vec<String> = texts.iter().map(|text| shortened(text, letters)).collect();
    let common = |one: &str, other: &str| {
        one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count()
    };
    let places = texts.iter().zip(&all);
    let cut = places.clone().map(|(text, short)| {
        let alike = places.clone().filter(|(other, seen)| *seen == short && *other != text);
        match alike.map(|(other, _)| common(text, other)).max() {
            None => short.clone(),
            Some(skipped) => {
                let rest: String = text.chars().skip(skipped.saturating_sub(3)).collect();
                let mut used = width('…') * 2;
                let fits = rest.chars().take_while(|character| {
                    used += width(*character);
                    used <= letters * 10
                });
                let fits: String = fits.collect();
                let more = if fits.len() < rest.len() { "…" } else { "" };
                format!("…{fits}{more}")
            }
        }
    });
    cut.collect()
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
        assert_eq!(shortened("node-a, node-b", 8), "nod…e-b");
        assert_eq!(shortened("WWWWWWWW", 8), "WW…WW");
        assert_eq!(shortened("", 8), "");
    }

    #[test]
    fn labels_that_differ_look_different() {
        let name = |middle: &str| format!("pool-of-the-team-in-{middle}-of-the-company");
        let texts = ["berlin", "bern", "oslo", "bern"].map(name);
        let shown = apart(&texts, 12);
        assert_eq!(shown[1], shown[3]);
        assert_ne!(shown[0], shown[1]);
        assert_ne!(shown[1], shown[2]);
        assert!(shown[0].contains("ber"), "{shown:?}");
        let ends = ["team-namespace-number-1/api", "team-namespace-number-2/web"];
        let shown = apart(&ends.map(str::to_owned), 18);
        assert!(shown[0].ends_with("/api") && shown[1].ends_with("/web"), "{shown:?}");
    }
}
