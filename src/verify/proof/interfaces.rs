//! Interface names, in as few classes as the patterns of both sides tell apart.
//!
//! MetalLB names interfaces, Cilium has regular expressions. They are compared as
//! languages: the automata of all patterns are walked together over every name that
//! Linux allows, and each combination of matches that can be reached is a class, with
//! the shortest name that is in it.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;
use regex_automata::{Anchored, util::syntax};

use super::raw::Unproved;
use crate::cilium::Settings;
use crate::simulate::cilium::rewritten_pattern;

/// `IFNAMSIZ` less the closing zero.
const MAX_NAME: usize = 15;
/// Combined states that are walked.
const MAX_STATES: usize = 200_000;
/// How large one automaton may be.
const MAX_AUTOMATON: usize = 1 << 24;

/// The classes of interface names.
#[derive(Debug, Default)]
pub(super) struct Interfaces {
    /// A name of each class.
    pub(super) names: Vec<String>,
    /// By pattern: the classes that it matches.
    classes: BTreeMap<Pattern, BTreeSet<usize>>,
    /// Those that Cilium manages.
    managed: BTreeSet<usize>,
}

/// Something that tells names apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Pattern {
    /// Just this name: MetalLB answers there, whether or not Cilium manages it.
    Name(String),
    /// Names in which this Go expression matches somewhere, of those that Cilium manages.
    Go(String),
}

impl Interfaces {
    /// The classes that these patterns make, of all names.
    pub(super) fn new(patterns: BTreeSet<Pattern>, settings: &Settings) -> Result<Self, Unproved> {
        Self::of(patterns, settings, walk)
    }

    /// The same, of these names only.
    pub(super) fn among(
        names: &BTreeSet<&str>,
        patterns: BTreeSet<Pattern>,
        settings: &Settings,
    ) -> Result<Self, Unproved> {
        Self::of(patterns, settings, |automata, found| {
            for name in names {
                let matches = automata.iter().map(|dfa| {
                    dfa.try_search_fwd(&regex_automata::Input::new(name)).is_ok_and(|m| m.is_some())
                });
                found(name, matches.collect());
            }
            Ok(())
        })
    }

    fn of(
        mut patterns: BTreeSet<Pattern>,
        settings: &Settings,
        each: impl FnOnce(&[Dfa], Found<'_>) -> Result<(), Unproved>,
    ) -> Result<Self, Unproved> {
        // Names are told apart by whether Cilium manages them, too.
        patterns.extend(settings.devices.iter().map(|device| match device.strip_suffix('+') {
            Some(prefix) => Pattern::Go(format!("^{}", regex::escape(prefix))),
            None => Pattern::Name(device.clone()),
        }));
        let patterns: Vec<Pattern> = patterns.into_iter().collect();
        let mut automata = Vec::new();
        for pattern in &patterns {
            automata.push(automaton(pattern)?);
        }
        let mut classes: BTreeMap<Vec<bool>, String> = BTreeMap::new();
        each(&automata, &mut |name, matches| {
            classes.entry(matches).or_insert_with(|| name.to_owned());
        })?;
        let mut of_pattern: BTreeMap<Pattern, BTreeSet<usize>> =
            patterns.iter().map(|pattern| (pattern.clone(), BTreeSet::new())).collect();
        let mut names = Vec::new();
        for (class, (matches, name)) in classes.into_iter().enumerate() {
            for (pattern, _) in patterns.iter().zip(matches).filter(|(_, matches)| *matches) {
                of_pattern.entry(pattern.clone()).or_default().insert(class);
            }
            names.push(name);
        }
        let all = names.iter().enumerate();
        let managed = all.filter(|(_, name)| settings.manages_device(name));
        let managed = managed.map(|(class, _)| class).collect();
        Ok(Self { names, classes: of_pattern, managed })
    }

    /// The classes that any of these patterns matches; where there is none, every one that
    /// Cilium manages.
    pub(super) fn matching(&self, patterns: &[Pattern]) -> BTreeSet<usize> {
        if patterns.is_empty() {
            return self.managed.clone();
        }
        let of = |pattern: &Pattern| match (pattern, self.classes.get(pattern)) {
            (Pattern::Name(_), Some(classes)) => classes.clone(),
            (Pattern::Go(_), Some(classes)) => classes & &self.managed,
            (_, None) => BTreeSet::new(),
        };
        patterns.iter().flat_map(of).collect()
    }
}

type Dfa = dense::DFA<Vec<u32>>;
/// Takes a name, and by pattern whether it matches.
type Found<'f> = &'f mut dyn FnMut(&str, Vec<bool>);

fn automaton(pattern: &Pattern) -> Result<Dfa, Unproved> {
    let text = match pattern {
        Pattern::Name(name) => format!("^{}$", regex::escape(name)),
        Pattern::Go(text) => rewritten_pattern(text)
            .map_err(|error| Unproved::because(format!("interface {text:?}: {error}")))?,
    };
    dense::Builder::new()
        .configure(
            dense::Config::new()
                .start_kind(StartKind::Unanchored)
                .dfa_size_limit(Some(MAX_AUTOMATON))
                .determinize_size_limit(Some(MAX_AUTOMATON)),
        )
        .syntax(syntax::Config::new().utf8(false))
        .thompson(regex_automata::nfa::thompson::Config::new().utf8(false))
        .build(&text)
        .map_err(|_| Unproved::because(format!("the interface pattern {text:?} is too large")))
}

/// Walks all automata together, shortest names first, and hands every combination of
/// matches on with a name.
fn walk(automata: &[Dfa], found: Found<'_>) -> Result<(), Unproved> {
    let config = start::Config::new().anchored(Anchored::No);
    let begin: Result<Vec<StateID>, _> =
        automata.iter().map(|dfa| dfa.start_state(&config)).collect();
    let begin = begin.map_err(|_| Unproved::because("an interface pattern cannot be walked"))?;
    // What is seen is seen by a name: where it begins there is none.
    let mut seen: HashSet<Vec<StateID>> = HashSet::new();
    let mut queue: VecDeque<(Vec<StateID>, String)> = VecDeque::from([(begin, String::new())]);
    while let Some((states, name)) = queue.pop_front() {
        if is_name(&name) {
            let ends = automata.iter().zip(&states).map(|(dfa, state)| {
                dfa.is_match_state(*state) || dfa.is_match_state(dfa.next_eoi_state(*state))
            });
            found(&name, ends.collect());
        }
        if name.len() == MAX_NAME {
            continue;
        }
        for byte in alphabet() {
            let next: Vec<StateID> = automata
                .iter()
                .zip(&states)
                .map(|(dfa, state)| {
                    // A match stays one: it may be anywhere.
                    if dfa.is_match_state(*state) { *state } else { dfa.next_state(*state, byte) }
                })
                .collect();
            let mut longer = name.clone();
            longer.push(char::from(byte));
            // What is no name does not stand for others that lead to the same states.
            if !is_name(&longer) || seen.insert(next.clone()) {
                queue.push_back((next, longer));
            }
            if seen.len() > MAX_STATES {
                return Err(Unproved::because("the interface patterns are too many to compare"));
            }
        }
    }
    Ok(())
}

/// What names are made of, the likely ones first; the kernel forbids slashes, colons
/// and blanks, and a comma cannot stand in the annotation that lists interfaces.
fn alphabet() -> impl Iterator<Item = u8> {
    (b'a'..=b'z')
        .chain(b'0'..=b'9')
        .chain(b'!'..=b'~')
        .filter(|byte| !matches!(byte, b'/' | b':' | b','))
}

fn is_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(patterns: &[Pattern]) -> Interfaces {
        Interfaces::new(patterns.iter().cloned().collect(), &Settings::default()).unwrap()
    }

    fn name(text: &str) -> Pattern {
        Pattern::Name(text.to_owned())
    }

    fn go(text: &str) -> Pattern {
        Pattern::Go(text.to_owned())
    }

    #[test]
    fn an_anchored_pattern_is_the_name_and_one_without_anchors_is_not() {
        for (pattern, same) in [
            ("^(eth0)$", true),
            ("^eth0$", true),
            ("\\Aeth0\\z", true),
            ("^e(t)h[0]$", true),
            ("eth0", false),
            ("^eth0", false),
            ("^eth.$", false),
            ("^eth0|veth0$", false),
        ] {
            let found = classes(&[name("eth0"), go(pattern)]);
            let alike = found.matching(&[name("eth0")]) == found.matching(&[go(pattern)]);
            assert_eq!(alike, same, "{pattern}");
        }
    }

    #[test]
    fn every_class_has_a_name_that_the_patterns_match_as_they_say() {
        let patterns = [go("^en(s|p)[0-9]+$"), go("eth"), name("eth0"), go("0$"), go("\\bx\\b")];
        let found = classes(&patterns);
        for (class, name) in found.names.iter().enumerate() {
            for pattern in &patterns {
                let says = found.matching(std::slice::from_ref(pattern)).contains(&class);
                let matches = match pattern {
                    Pattern::Name(one) => one == name,
                    Pattern::Go(text) => regex::Regex::new(text).unwrap().is_match(name),
                };
                assert_eq!(says, matches, "{pattern:?} {name}");
            }
        }
    }

    #[test]
    fn without_a_pattern_all_names_are_one_class() {
        let found = classes(&[]);
        assert_eq!(found.names, ["a"]);
        assert_eq!(found.matching(&[]), [0].into());
    }

    #[test]
    fn names_that_begin_with_a_dot_are_names() {
        let found = classes(&[go("^\\.")]);
        assert!(found.names.iter().any(|name| name.starts_with('.') && is_name(name)));
    }

    #[test]
    fn on_interfaces_that_cilium_does_not_manage_only_metallb_answers() {
        let settings = Settings { devices: vec!["bond+".into()], ..Settings::default() };
        let found = Interfaces::new([go("^b"), name("br0")].into(), &settings).unwrap();
        let names = |patterns: &[Pattern]| -> Vec<&str> {
            found.matching(patterns).into_iter().map(|class| &*found.names[class]).collect()
        };
        assert_eq!(names(&[go("^b")]), ["bond"]);
        assert_eq!(names(&[]), ["bond"]);
        assert_eq!(names(&[name("br0")]), ["br0"]);
    }

    #[test]
    fn two_lists_of_names_differ_where_one_has_another() {
        let (one, two) = ([name("eth0"), name("eth1")], [go("^eth[01]$")]);
        let found = classes(&[one.clone().to_vec(), two.to_vec()].concat());
        assert_eq!(found.matching(&one), found.matching(&two));
    }
}
