//! Selectors as `kubectl -l` takes them.

use std::fmt;
use std::str::FromStr;

use super::{LabelSelector, Operator, Requirement, validate};

/// A text that is no selector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectorSyntax(String);

impl fmt::Display for SelectorSyntax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SelectorSyntax {}

impl FromStr for LabelSelector {
    type Err = SelectorSyntax;

    /// Reads `a=b,c!=d,e in (f,g),h notin (i),j,!k`; the empty text selects
    /// everything.
    fn from_str(text: &str) -> Result<Self, SelectorSyntax> {
        let mut selector = Self::default();
        if text.trim().is_empty() {
            return Ok(selector);
        }
        for part in split(text)? {
            let requirement = requirement(part.trim())?;
            // The plain form, unless the key is already taken.
            match (requirement.operator, requirement.values.as_slice()) {
                (Operator::In, [value])
                    if !selector.match_labels.contains_key(&requirement.key) =>
                {
                    selector.match_labels.insert(requirement.key, value.clone());
                }
                _ => selector.match_expressions.push(requirement),
            }
        }
        match validate(&selector).into_iter().next() {
            Some(error) => Err(SelectorSyntax(error.message)),
            None => Ok(selector),
        }
    }
}

/// The parts between the commas that do not stand in parentheses.
fn split(text: &str) -> Result<Vec<&str>, SelectorSyntax> {
    let (mut parts, mut start, mut inside) = (Vec::new(), 0, false);
    for (at, character) in text.char_indices() {
        match character {
            '(' if inside => return Err(SelectorSyntax("a `(` within parentheses".into())),
            ')' if !inside => return Err(SelectorSyntax("a `)` without its `(`".into())),
            '(' => inside = true,
            ')' => inside = false,
            ',' if !inside => {
                parts.extend(text.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    if inside {
        return Err(SelectorSyntax("a `(` without its `)`".into()));
    }
    parts.extend(text.get(start..));
    Ok(parts)
}

fn requirement(part: &str) -> Result<Requirement, SelectorSyntax> {
    let build = |key: &str, operator, values: Vec<&str>| Requirement {
        key: key.trim().to_owned(),
        operator,
        values: values.into_iter().map(|value| value.trim().to_owned()).collect(),
    };
    if let Some(list) = part.strip_suffix(')') {
        return set_requirement(part, list)
            .map(|(key, operator, values)| build(key, operator, values.split(',').collect()));
    }
    if part.contains(['<', '>']) {
        return Err(SelectorSyntax(format!(
            "`{part}`: label selectors of objects know no < and >"
        )));
    }
    if let Some((key, value)) = part.split_once("!=") {
        return Ok(build(key, Operator::NotIn, vec![value]));
    }
    if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
        return Ok(build(key, Operator::In, vec![value]));
    }
    Ok(match part.strip_prefix('!') {
        Some(key) => build(key, Operator::DoesNotExist, vec![]),
        None => build(part, Operator::Exists, vec![]),
    })
}

/// `key in (…` or `key notin (…`: the key, the operator, what stands behind `(`.
fn set_requirement<'a>(
    part: &str,
    list: &'a str,
) -> Result<(&'a str, Operator, &'a str), SelectorSyntax> {
    let unknown = || SelectorSyntax(format!("`{part}` is not `key in (…)` or `key notin (…)`"));
    let (head, values) = list.split_once('(').ok_or_else(unknown)?;
    let (key, word) = head.trim_end().rsplit_once(char::is_whitespace).ok_or_else(unknown)?;
    match word {
        "in" => Ok((key, Operator::In, values)),
        "notin" => Ok((key, Operator::NotIn, values)),
        _ => Err(unknown()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_print_as_they_are_read() {
        for (text, shown) in [
            ("", ""),
            ("a=b", "a=b"),
            ("a==b , c = d", "a=b,c=d"),
            ("a!=b", "a notin (b)"),
            ("a in (c, b),d notin (e),f,!g", "a in (b,c),d notin (e),f,!g"),
            ("a in (b)", "a=b"),
            ("a=", "a="),
            ("a=b,a=c", "a=b,a in (c)"),
            ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/control-plane"),
            ("in in (in)", "in=in"),
        ] {
            let selector: LabelSelector = text.parse().unwrap();
            assert_eq!(selector.to_string(), shown, "{text}");
            assert_eq!(shown.parse::<LabelSelector>().unwrap().to_string(), shown);
        }
    }

    #[test]
    fn what_is_no_selector_is_refused() {
        for text in [
            ",",
            "a,",
            "a=b=c",
            "a>1",
            "a in b",
            "a in (b",
            "a in b)",
            "in (b)",
            "a within (b)",
            "a in ((b))",
            "!",
            "a b",
            "!a=b",
            "a=b c",
            "a in (b) c",
        ] {
            assert!(text.parse::<LabelSelector>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_no_selector_is_said_in_its_words() {
        for (text, error) in [
            ("a in ((b))", "a `(` within parentheses"),
            ("a in b)", "a `)` without its `(`"),
            ("a in (b", "a `(` without its `)`"),
            ("a>1", "`a>1`: label selectors of objects know no < and >"),
            ("a within (b)", "`a within (b)` is not `key in (…)` or `key notin (…)`"),
        ] {
            assert_eq!(text.parse::<LabelSelector>().unwrap_err().to_string(), error);
        }
    }
}
