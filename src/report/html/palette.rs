//! The colours of every theme keep the contrast that WCAG 2.2 asks for (level AA,
//! criteria 1.4.3 and 1.4.11).

use std::collections::BTreeMap;

const PALETTE: &str = include_str!("palette.css");

/// What is written on what: 4.5 to 1.
const TEXTS: &[(&str, &str)] = &[
    ("text", "paper"),
    ("text", "card"),
    ("text", "soft"),
    ("quiet", "paper"),
    ("quiet", "card"),
    ("quiet", "soft"),
    ("link", "paper"),
    ("link", "card"),
    ("link", "soft"),
    ("gone", "paper"),
    ("gone", "card"),
    ("gone", "gone-soft"),
    ("new", "card"),
    ("good", "card"),
    ("new", "new-soft"),
    ("changed", "card"),
    ("changed", "changed-soft"),
    ("text", "gone-soft"),
    ("text", "new-soft"),
    ("text", "changed-soft"),
    ("quiet", "gone-soft"),
    ("quiet", "new-soft"),
    ("quiet", "changed-soft"),
    ("text", "mark"),
];

/// What is drawn on what, and has to be seen: 3 to 1.
const SHAPES: &[(&str, &str)] = &[
    ("edge", "paper"),
    ("edge", "card"),
    ("edge", "soft"),
    ("focus", "paper"),
    ("focus", "card"),
    ("focus", "soft"),
    ("gone", "card"),
    ("new", "card"),
    ("changed", "card"),
];

/// The colours of each block of the style sheet.
fn themes() -> Vec<BTreeMap<&'static str, &'static str>> {
    let blocks = PALETTE.split(":root {").skip(1);
    let themes = blocks.map(|block| {
        let declarations = block.split('}').next().unwrap().split([';', '\n']);
        let pairs = declarations.filter_map(|line| line.trim().strip_prefix("--"));
        pairs
            .map(|pair| pair.split_once(':').unwrap())
            .map(|(name, value)| (name.trim(), value.trim()))
            .collect()
    });
    themes.collect()
}

/// WCAG's relative luminance of `#rrggbb`.
fn luminance(color: &str) -> f64 {
    let hex = color.strip_prefix('#').unwrap();
    assert_eq!(hex.len(), 6, "{color}");
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn contrast_is_counted_as_the_guidelines_do() {
    assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 0.001);
    assert!((contrast("#777777", "#ffffff") - 4.478).abs() < 0.001);
}

#[test]
fn every_theme_can_be_read() {
    let themes = themes();
    assert_eq!(themes.len(), 3, "light, dark and paper");
    for theme in &themes {
        assert_eq!(theme.keys().collect::<Vec<_>>(), themes[0].keys().collect::<Vec<_>>());
        for (pairs, least) in [(TEXTS, 4.5), (SHAPES, 3.0)] {
            for (one, other) in pairs {
                let found = contrast(theme[one], theme[other]);
                assert!(found >= least, "{one} on {other}: {found:.2} ({theme:?})");
            }
        }
    }
}
