//! What is laid: each change behind its switch, the rest as it was.

use crate::lay::lay;
use crate::mutant::{Genre, Mutant, Number, Place, Span};

/// A change at the first place where `at` stands.
fn mutant(source: &str, genre: Genre, at: &str, replacement: &str) -> Mutant {
    let byte = source.find(at).expect("it is there");
    let line = source[..byte].matches('\n').count() + 1;
    let column = source[..byte].rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Mutant {
        file: "src/x.rs".into(),
        genre,
        name: String::new(),
        replacement: replacement.into(),
        span: Span { start: Place { line, column } },
    }
}

/// The source with these mutants, numbered from 1; marks are left out.
fn laid(source: &str, mutants: &[Mutant]) -> String {
    let numbered: Vec<(Number, &Mutant)> = (1..).zip(mutants).collect();
    let (text, found) = lay(source, &numbered).expect("it is Rust");
    assert_eq!(found.len(), mutants.len(), "{text}");
    syn::parse_file(&text).expect("it is still Rust");
    let mut plain = text.replace("crate::mutant_switch::", "");
    for (number, _) in numbered {
        plain = plain.replace(&format!("/*<{number}*/"), "").replace(&format!("/*{number}>*/"), "");
    }
    plain
}

#[test]
fn a_function_returns_something_else() {
    let source = "fn f() -> bool {\n    g()\n}";
    let mutants = [
        mutant(source, Genre::FnValue, "g()", "true"),
        mutant(source, Genre::FnValue, "g()", "false"),
    ];
    assert_eq!(
        laid(source, &mutants),
        "fn f() -> bool {if on(1) { return true; }if on(2) { return false; }\n    g()\n}"
    );
}

#[test]
fn an_iterator_gives_nothing() {
    let source = "fn f() -> impl Iterator<Item = u8> { 0..3 }";
    let mutants = [mutant(source, Genre::FnValue, "0..3", "::std::iter::empty()")];
    assert_eq!(
        laid(source, &mutants),
        "fn f() -> impl Iterator<Item = u8> { (0..3).filter(|_| !on(1)) }"
    );
}

#[test]
fn operators_are_others_and_what_stands_within_is_as_it_was() {
    let source = "fn f() -> bool { a == b && !c }";
    let mutants = [
        mutant(source, Genre::BinaryOperator, "&&", "||"),
        mutant(source, Genre::BinaryOperator, "==", "!="),
        mutant(source, Genre::UnaryOperator, "!c", ""),
    ];
    assert_eq!(
        laid(source, &mutants),
        "fn f() -> bool { (if on(1) { a == b || !c } else { \
         (if on(2) { a != b } else { a == b }) && (if on(3) { c } else { !c }) }) }"
    );
}

#[test]
fn a_condition_that_binds_is_left_alone() {
    let source = "fn f() { if let Some(x) = y && z {} }";
    let mutant = mutant(source, Genre::BinaryOperator, "&&", "||");
    let (text, found) = lay(source, &[(1, &mutant)]).expect("it is Rust");
    assert_eq!((text.as_str(), found.len()), (source, 0));
}

#[test]
fn arms_are_left_out_and_guards_decided() {
    let source = "fn f() { match x { A => 1, B if g => 2, _ => 3 } }";
    let mutants = [
        mutant(source, Genre::MatchArm, "A =>", ""),
        mutant(source, Genre::MatchArmGuard, "g =>", "true"),
        mutant(source, Genre::MatchArmGuard, "g =>", "false"),
    ];
    assert_eq!(
        laid(source, &mutants),
        "fn f() { match x { A if !on(1) &&true => 1, B if (on(2) ||((!on(3) &&((g))))) => 2, \
         _ => 3 } }"
    );
}

#[test]
fn a_field_comes_from_the_base() {
    let source = "fn f() -> A { A { x, y: 2, ..Default::default() } }";
    let mutants = [
        mutant(source, Genre::StructField, "x,", ""),
        mutant(source, Genre::StructField, "y:", ""),
    ];
    assert_eq!(
        laid(source, &mutants),
        "fn f() -> A { A { x: (if on(1) { <A as Default>::default().x } else { x }), \
         y: (if on(2) { <A as Default>::default().y } else { 2 }), ..Default::default() } }"
    );
}
