//! Label selectors as one line of text (`labels.Parse`): `zone in (a,b),!old,tier=web`.

use std::collections::BTreeMap;

use crate::selector::{is_label_key, is_label_value};

/// One requirement of such a selector.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Requirement {
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Exists(String),
    DoesNotExist(String),
    Greater(String, i64),
    Less(String, i64),
}

/// A selector read from text; every requirement must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct TextSelector(Vec<Requirement>);

/// The text is no selector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotASelector;

impl TextSelector {
    pub(super) fn parse(text: &str) -> Result<Self, NotASelector> {
        let tokens = tokens(text);
        let mut rest = tokens.as_slice();
        let mut requirements = Vec::new();
        if rest.is_empty() {
            return Ok(Self::default());
        }
        loop {
            let (requirement, after) = requirement(rest)?;
            requirements.push(requirement);
            match after {
                [] => return Ok(Self(requirements)),
                [",", after @ ..] => rest = after,
                _ => return Err(NotASelector),
            }
        }
    }

    pub(super) fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        let number = |key: &str| labels.get(key).and_then(|value| value.parse::<i64>().ok());
        self.0.iter().all(|requirement| match requirement {
            Requirement::In(key, values) => labels.get(key).is_some_and(|v| values.contains(v)),
            Requirement::NotIn(key, values) => {
                labels.get(key).is_none_or(|value| !values.contains(value))
            }
            Requirement::Exists(key) => labels.contains_key(key),
            Requirement::DoesNotExist(key) => !labels.contains_key(key),
            Requirement::Greater(key, bound) => number(key).is_some_and(|value| value > *bound),
            Requirement::Less(key, bound) => number(key).is_some_and(|value| value < *bound),
        })
    }
}

/// What stands between words.
const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];
/// What signs are made of.
const MARKS: [char; 7] = ['=', '!', '(', ')', ',', '>', '<'];

/// Words and signs, blanks dropped.
fn tokens(text: &str) -> Vec<&str> {
    const SIGNS: [&str; 9] = ["==", "!=", "=", "!", "(", ")", ",", ">", "<"];
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches(BLANKS);
    while !rest.is_empty() {
        let token = match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            Some(sign) => rest.get(..sign.len()),
            None => rest.split(|c| BLANKS.contains(&c) || MARKS.contains(&c)).next(),
        };
        let Some(token) = token.filter(|token| !token.is_empty()) else { break };
        tokens.push(token);
        rest = rest.strip_prefix(token).unwrap_or("").trim_start_matches(BLANKS);
    }
    tokens
}

fn requirement<'t, 'a>(
    tokens: &'t [&'a str],
) -> Result<(Requirement, &'t [&'a str]), NotASelector> {
    match tokens {
        ["!", key, rest @ ..] if is_label_key(key) => {
            Ok((Requirement::DoesNotExist((*key).to_owned()), rest))
        }
        [key, rest @ ..] if is_label_key(key) => comparison((*key).to_owned(), rest),
        _ => Err(NotASelector),
    }
}

fn comparison<'t, 'a>(
    key: String,
    tokens: &'t [&'a str],
) -> Result<(Requirement, &'t [&'a str]), NotASelector> {
    match tokens {
        [] | [",", ..] => Ok((Requirement::Exists(key), tokens)),
        ["in", rest @ ..] => set(rest).map(|(values, rest)| (Requirement::In(key, values), rest)),
        ["notin", rest @ ..] => {
            set(rest).map(|(values, rest)| (Requirement::NotIn(key, values), rest))
        }
        [sign @ ("=" | "==" | "!="), rest @ ..] => {
            // An empty value may be left out.
            let (value, rest) = match rest {
                [value, rest @ ..] if is_label_value(value) => ((*value).to_owned(), rest),
                rest => (String::new(), rest),
            };
            let values = vec![value];
            let requirement = if *sign == "!=" {
                Requirement::NotIn(key, values)
            } else {
                Requirement::In(key, values)
            };
            Ok((requirement, rest))
        }
        [sign @ (">" | "<"), bound, rest @ ..] => {
            let number = Some(bound).filter(|bound| is_label_value(bound));
            let bound = number.and_then(|bound| bound.parse().ok()).ok_or(NotASelector)?;
            let requirement = if *sign == ">" {
                Requirement::Greater(key, bound)
            } else {
                Requirement::Less(key, bound)
            };
            Ok((requirement, rest))
        }
        _ => Err(NotASelector),
    }
}

/// `(a,b)`; a value may be empty.
fn set<'t, 'a>(tokens: &'t [&'a str]) -> Result<(Vec<String>, &'t [&'a str]), NotASelector> {
    let ["(", rest @ ..] = tokens else { return Err(NotASelector) };
    let end = rest.iter().position(|token| *token == ")").ok_or(NotASelector)?;
    let (inner, rest) = rest.split_at(end);
    let mut values = vec![String::new()];
    for token in inner {
        match values.last_mut() {
            _ if *token == "," => values.push(String::new()),
            Some(value) if value.is_empty() && is_label_value(token) => {
                *value = (*token).to_owned();
            }
            _ => return Err(NotASelector),
        }
    }
    Ok((values, rest.get(1..).unwrap_or(&[])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(selector: &str, labels: &[(&str, &str)]) -> Result<bool, NotASelector> {
        let labels = labels.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        TextSelector::parse(selector).map(|selector| selector.matches(&labels))
    }

    #[test]
    fn requirements_are_read_as_kubernetes_reads_them() {
        let labels = [("zone", "x"), ("tier", ""), ("cores", "8"), ("in", "y")];
        for (selector, expected) in [
            ("", true),
            ("zone in (x)", true),
            ("zone in (a, x ),tier=", true),
            ("zone notin (x,y)", false),
            ("zone=x,!old,tier", true),
            ("zone == x", true),
            ("zone!=x", false),
            ("old!=x", true),
            ("cores>7,cores<9", true),
            ("cores>8", false),
            ("cores<8", false),
            ("tier=,zone", true),
            ("zone>7", false),
            ("in=y", true),
            ("tier in ()", true),
            ("other", false),
        ] {
            assert_eq!(matches(selector, &labels), Ok(expected), "{selector}");
        }
    }

    #[test]
    fn keys_and_values_are_those_of_labels() {
        for selector in [
            "a/b/c",
            "!-a",
            "a=b/c",
            "a in (b,_)",
            "a notin (b:c)",
            "a>-1",
            "a\u{a0}=b",
            "a=b\u{a0}",
        ] {
            assert_eq!(matches(selector, &[]), Err(NotASelector), "{selector}");
        }
        let labels = [("example.com/a", "b-1"), ("n", "7")];
        assert_eq!(matches("example.com/a=b-1,\tn>6", &labels), Ok(true));
    }

    #[test]
    fn what_is_no_selector_is_refused() {
        for selector in [
            ",",
            "a,",
            "a in x",
            "a in (x",
            "=x",
            "a b",
            "!",
            "!(",
            "!,",
            "a>x",
            "(a)",
            "a in (x y)",
        ] {
            assert_eq!(matches(selector, &[]), Err(NotASelector), "{selector}");
        }
    }
}
