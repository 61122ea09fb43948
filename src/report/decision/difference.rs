//! How the outcomes of one decision differ.

use std::collections::BTreeMap;

use super::super::Style;
use super::fact::{About, facts};
use super::summary::how_many;
use super::table::columns;
use crate::simulate::decision::Decision;

/// Every statement that does not hold in all outcomes, and in which it does.
pub(super) fn render(decision: &Decision, style: &Style) -> String {
    if decision.outcomes.len() < 2 {
        return String::new();
    }
    format!(
        "\nWhat differs in the {} outcomes:\n{}",
        how_many(decision),
        columns(["WHAT", "MAY BE", "IN OUTCOME"], rows(decision).into_iter(), style)
    )
}

/// What it is about, what is said, and where that holds.
pub(super) fn rows(decision: &Decision) -> Vec<[String; 3]> {
    let count = decision.outcomes.len();
    let mut holds: BTreeMap<(About, String), Vec<usize>> = BTreeMap::new();
    for (number, outcome) in (1..).zip(&decision.outcomes) {
        for fact in facts(outcome) {
            holds.entry(fact).or_default().push(number);
        }
    }
    holds
        .into_iter()
        .filter(|(_, numbers)| numbers.len() < count)
        .map(|((about, value), numbers)| [about.text(), value, ranges(&numbers)])
        .collect()
}

/// `1-3, 7`.
fn ranges(numbers: &[usize]) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            _ => runs.push((*number, *number)),
        }
    }
    let texts =
        runs.iter().map(
            |(first, last)| {
                if first == last { first.to_string() } else { format!("{first}-{last}") }
            },
        );
    texts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_numbers_are_told_by_their_ends() {
        assert_eq!(ranges(&[1, 2, 3, 7, 9, 10]), "1-3, 7, 9-10");
        assert_eq!(ranges(&[4]), "4");
    }
}
