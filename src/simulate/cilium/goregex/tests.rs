use super::*;

#[track_caller]
fn matches(expression: &str, yes: &[&str], no: &[&str]) {
    let regex = GoRegex::new(expression).unwrap_or_else(|error| panic!("{expression}: {error}"));
    for text in yes {
        assert!(regex.is_match(text), "{expression} must match {text:?}");
    }
    for text in no {
        assert!(!regex.is_match(text), "{expression} must not match {text:?}");
    }
}

#[test]
fn expressions_are_not_anchored() {
    matches("eth0", &["eth0", "veth0", "eth01"], &["eth1"]);
    matches("^eth0$", &["eth0"], &["veth0", "eth01", "eth0\n"]);
    matches("^(eth|en)[0-9]+$", &["eth0", "en12"], &["eth", "ens1"]);
    matches("", &["", "x"], &[]);
}

#[test]
fn perl_classes_are_ascii() {
    matches(r"^\d$", &["7"], &["٣"]);
    matches(r"^\w+$", &["a_9"], &["é"]);
    matches(r"^\s$", &[" ", "\t", "\x0C"], &["\x0B", "\u{a0}"]);
    matches(r"^[\d\-.]+$", &["1-2.3"], &["a"]);
    matches(r"^[^\D]$", &["5"], &["x"]);
    matches(r"é\b", &["éa"], &["é", "é "]);
    matches(r"^\W$", &["é", "-"], &["a"]);
    matches(r"^\S$", &["é", "\x0B"], &[" ", "\t", "\x0C"]);
}

#[test]
fn letters_escape_control_characters() {
    matches(r"^\a\f\n\r\t\v$", &["\x07\x0C\n\r\t\x0B"], &["afnrtv"]);
}

#[test]
fn there_is_no_place_within_a_character() {
    matches(r"\B", &["é", "ab", ""], &["aéa", "a"]);
    matches(r"\Ba", &["ba"], &["éa"]);
    matches(r"a\Bb|é\B", &["ab", "éé"], &["éa"]);
}

#[test]
fn set_operations_are_literals() {
    matches("^[a&&b]+$", &["a&b"], &["c"]);
    matches("^[a-c--]+$", &["b-"], &["d"]);
    matches("^[a~~b]+$", &["a~b"], &["c"]);
    matches("^[[a]$", &["[", "a"], &["]"]);
    matches("^[]a]+$", &["]a"], &["["]);
    matches("^[^]a]$", &["b"], &["]", "a"]);
    matches("^[a-]$", &["a", "-"], &["b"]);
    matches("^[[:alpha:]_]+$", &["a_B"], &["é", "1"]);
    matches("^[[:^digit:]]$", &["x", "é"], &["1"]);
    matches("^[[:x]+$", &["[:x"], &["y"]);
}

#[test]
fn braces_that_repeat_nothing_are_literals() {
    matches("^a{,2}$", &["a{,2}"], &["aa"]);
    matches("^{$", &["{"], &[]);
    matches("^a{2}$", &["aa"], &["a", "aaa"]);
    matches("^a{2,}$", &["aa", "aaaa"], &["a"]);
    matches("^a{1,2}$", &["a", "aa"], &["aaa"]);
    matches("^a{01}$", &["a{01}"], &["a"]);
    matches("^a{x}$", &["a{x}"], &[]);
}

#[test]
fn escapes_are_gos() {
    matches(r"^\<a\>\_\-$", &["<a>_-"], &["a"]);
    matches(r"^\Qa.b*\E+$", &["a.b*", "a.b**"], &["axb"]);
    matches(r"^\Q[$", &[], &["["]);
    matches(r"^a\.b$", &["a.b"], &["axb"]);
    matches(r"^\x41\x{42}\101\07?$", &["ABA", "ABA\x07"], &[]);
    matches(r"^\pL\p{Lu}\P{Greek}\p{^N}$", &["aBax"], &["ABα1"]);
    matches(r"\Aeth\z", &["eth"], &["eth0"]);
}

#[test]
fn flags_hold_to_the_end_of_their_group() {
    matches("^(?i)eth$", &["ETH"], &[]);
    matches("^(?i:e)th$", &["Eth"], &["ETH"]);
    matches("^a((?i)b)c$", &["aBc"], &["aBC"]);
    matches("(?m)^b$", &["a\nb\nc"], &["ab"]);
    matches("^a.b$", &["a-b"], &["a\nb"]);
    matches("^(?s)a.b$", &["a\nb"], &[]);
    matches("^(?i-i)a$", &["a"], &["A"]);
    matches("^(?P<x>a)(?<y>b)$", &["ab"], &[]);
    matches("^(?P<x>a)|(?P<x>b)$", &["a", "b"], &["c"]);
    matches("^(?)a$", &["a"], &[]);
    matches("^(?U)a+?$", &["aa"], &[]);
}

#[test]
fn what_go_refuses_is_refused() {
    use RegexError as E;
    for (expression, error) in [
        ("(", E::MissingParenthesis),
        (")", E::UnexpectedParenthesis),
        ("a)b", E::UnexpectedParenthesis),
        ("[a", E::MissingBracket),
        ("[]", E::MissingBracket),
        ("*a", E::MissingRepeatArgument),
        ("(+)", E::MissingRepeatArgument),
        ("a|?", E::MissingRepeatArgument),
        ("{2}", E::MissingRepeatArgument),
        ("a**", E::NestedRepetition),
        ("a+*", E::NestedRepetition),
        ("a{2}{3}", E::NestedRepetition),
        ("a???", E::NestedRepetition),
        ("a{1001}", E::RepeatSize),
        ("a{2,1}", E::RepeatSize),
        ("a{99999999999}", E::RepeatSize),
        ("((a{10}){11}){10}", E::RepeatSize),
        ("(a{501}){2,}", E::RepeatSize),
        ("((a{2}){0,}){501}", E::RepeatSize),
        (r"\C", E::Escape),
        (r"\Z", E::Escape),
        (r"\1", E::Escape),
        (r"\8", E::Escape),
        (r"\q", E::Escape),
        (r"\é", E::Escape),
        (r"\E", E::Escape),
        (r"[\b]", E::Escape),
        (r"[a-\d]", E::Escape),
        (r"\x4", E::Escape),
        (r"\x{110000}", E::Escape),
        (r"\x{}", E::Escape),
        (r"\x{+41}", E::Escape),
        ("a\\", E::TrailingBackslash),
        ("[b-a]", E::CharacterRange),
        (r"\p{Foo}", E::CharacterRange),
        (r"\p{greek}", E::CharacterRange),
        (r"\p{Grek}", E::CharacterRange),
        (r"\pX", E::CharacterRange),
        ("[[:foo:]]", E::CharacterRange),
        ("(?P<>a)", E::GroupName),
        ("(?<a-b>a)", E::GroupName),
        ("(?=a)", E::GroupFlags),
        ("(?!a)", E::GroupFlags),
        ("(?-)", E::GroupFlags),
        ("(?--i)a", E::GroupFlags),
        ("(?i", E::MissingParenthesis),
        ("(?P=a)", E::GroupFlags),
    ] {
        assert_eq!(GoRegex::new(expression).map(|_| ()), Err(error), "{expression}");
    }
}

#[test]
fn repetition_goes_up_to_a_thousand() {
    let text = "a".repeat(1000);
    matches("^a{1000}$", &[&text], &["a"]);
    matches("^(a{10}){100}$", &[&text], &[]);
    matches("^(?:a*)*$", &["aaa"], &["b"]);
    matches("^((a{2}){0}){501}b$", &["b"], &["aab"]);
    matches("^(?U)a+?b*$", &["aab"], &["b"]);
    matches(&"(a)".repeat(250), &[&"a".repeat(250)], &["a"]);
    matches("^*a", &["a"], &[]);
}

#[test]
fn deep_nesting_is_refused_and_not_a_crash() {
    let deep = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(GoRegex::new(&deep(201)).map(|_| ()), Err(RegexError::TooLarge));
    matches(&deep(200), &["a"], &[]);
}

/// What Go's `regexp` says of an expression.
#[derive(serde::Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Said {
    text: String,
    error: String,
    /// A digit for each text: 1 where it matches.
    matches: String,
}

#[test]
fn expressions_are_taken_and_match_as_in_go() {
    fn rows<T: for<'de> serde::Deserialize<'de>>(text: &str) -> Vec<T> {
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
    let texts: Vec<String> = rows(include_str!("../../../../testdata/go/texts.jsonl"));
    let said: Vec<Said> = rows(include_str!("../../../../testdata/go/regexp.jsonl"));
    let (mut taken, mut wrong) = (0, Vec::new());
    for one in &said {
        match (GoRegex::new(&one.text), one.error.as_str()) {
            (Ok(regex), "") => {
                taken += 1;
                let matches: String =
                    texts.iter().map(|text| if regex.is_match(text) { '1' } else { '0' }).collect();
                for ((text, ours), go) in texts.iter().zip(matches.chars()).zip(one.matches.chars())
                {
                    if ours != go {
                        wrong.push(format!("{:?} on {text:?}: {ours}, Go: {go}", one.text));
                    }
                }
            }
            // Both refuse it, and for the same reason.
            (Err(error), go) if go.contains(&error.to_string()) => {}
            (Err(error), go) => wrong.push(format!("{:?}: {error}, Go: {go:?}", one.text)),
            (Ok(_), go) => wrong.push(format!("{:?} is taken, Go: {go}", one.text)),
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(taken > 1000 && taken < said.len(), "{taken} of {}", said.len());
}
