//! What the line looks like.

use textwrap::core::display_width;

use crate::progress::{Amount, Moment};
use crate::report::visible;

/// How many columns a bar has.
const BAR: usize = 20;

const MIB: f64 = (1 << 20) as f64;

/// What is being done, in at most `width` columns; `tick` turns the wheel.
pub(super) fn draw(moment: &Moment, tick: usize, unicode: bool, width: usize) -> String {
    let wheel: &[&str] = if unicode {
        &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]
    } else {
        &["|", "/", "-", "\\"]
    };
    let turned = wheel.get(tick % wheel.len()).copied().unwrap_or_default();
    let what = one_line(&moment.what, unicode);
    let behind = behind(moment, unicode);
    // The last column would take the cursor to the next line.
    let room = width.saturating_sub(display_width(turned) + display_width(&behind) + 2);
    cut(&format!("{turned} {}{behind}", cut(&what, room)), width.saturating_sub(1))
}

/// A text that holds names of files, as one line of what the terminal can show.
fn one_line(text: &str, unicode: bool) -> String {
    let shown = visible(text, unicode).replace('\n', " ");
    if unicode { shown } else { shown.replace(|character: char| !character.is_ascii(), "?") }
}

/// How far it has come.
fn behind(moment: &Moment, unicode: bool) -> String {
    let seconds = moment.elapsed.as_secs();
    match moment.amount {
        Amount::Unknown => format!(", {seconds} s"),
        Amount::Objects => format!(": {}, {seconds} s", moment.done),
        Amount::Bytes(None) => format!(": {} MiB, {seconds} s", mib(moment.done, moment.done)),
        Amount::Bytes(Some(all)) => {
            let done = moment.done.min(all);
            let bar = bar(done, all, BAR, unicode);
            format!(": {bar} {} of {} MiB", mib(done, all), mib(all, all))
        }
    }
}

/// A bar that takes the whole line, but for the numbers.
#[cfg(any(test, target_os = "linux"))]
pub(super) fn line(done: usize, all: usize, what: &str, unicode: bool, width: usize) -> String {
    let numbers = format!(" {done} of {all} {what}");
    // The last column would take the cursor to the next line.
    let around = if unicode { 1 } else { 3 };
    let room = width.saturating_sub(display_width(&numbers) + around);
    let bar = match room {
        0 => String::new(),
        room => bar(done as u64, all as u64, room, unicode),
    };
    cut(&format!("{bar}{numbers}"), width.saturating_sub(1))
}

/// A number of bytes in MiB, as exactly as the whole needs it.
fn mib(bytes: u64, whole: u64) -> String {
    let digits = usize::from(whole < 10 << 20);
    format!("{:.digits$}", bytes as f64 / MIB)
}

/// A bar of that many columns; in ASCII two more, for what stands around it.
fn bar(done: u64, all: u64, width: usize, unicode: bool) -> String {
    let columns = (u128::from(done) * width as u128).checked_div(all.into()).unwrap_or_default();
    let full = usize::try_from(columns).unwrap_or(width).min(width);
    let empty = width - full;
    if unicode {
        format!("{}{}", "━".repeat(full), "─".repeat(empty))
    } else {
        format!("[{}{}]", "#".repeat(full), "-".repeat(empty))
    }
}

/// As much of a text as has room in so many columns.
fn cut(text: &str, columns: usize) -> String {
    let mut kept = String::new();
    for character in text.chars() {
        kept.push(character);
        if display_width(&kept) > columns {
            kept.pop();
            break;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn moment(what: &str, amount: Amount, done: u64) -> Moment {
        Moment { what: what.to_owned(), amount, done, elapsed: Duration::from_millis(12_900) }
    }

    #[test]
    fn numbers_are_shown_where_there_are_some_and_seconds_else() {
        let mib = 1 << 20;
        for (moment, expected) in [
            (moment("proving", Amount::Unknown, 0), "| proving, 12 s"),
            (moment("reading services", Amount::Objects, 500), "| reading services: 500, 12 s"),
            (
                moment("reading standard input", Amount::Bytes(None), 5 * mib / 2),
                "| reading standard input: 2.5 MiB, 12 s",
            ),
            (
                moment("reading a.yaml", Amount::Bytes(Some(120 * mib)), 34 * mib),
                "| reading a.yaml: [#####---------------] 34 of 120 MiB",
            ),
            (
                moment("reading a.yaml", Amount::Bytes(Some(0)), 7),
                "| reading a.yaml: [--------------------] 0.0 of 0.0 MiB",
            ),
        ] {
            assert_eq!(draw(&moment, 0, false, 80), expected);
        }
    }

    #[test]
    fn a_bar_takes_the_terminals_width() {
        let line = |done, width| line(done, 8, "questions", false, width);
        assert_eq!(line(0, 40), "[--------------------] 0 of 8 questions");
        assert_eq!(line(4, 39), "[#########----------] 4 of 8 questions");
        assert_eq!(line(8, 40), "[####################] 8 of 8 questions");
        let bright = super::line(4, 8, "questions", true, 38);
        assert_eq!(bright, "━━━━━━━━━━────────── 4 of 8 questions");
        for width in 0..60 {
            for unicode in [false, true] {
                let text = super::line(usize::MAX, usize::MAX, "questions", unicode, width);
                assert!(display_width(&text) < width.max(1), "{width}: {text}");
                assert_eq!(text.is_ascii(), !unicode || !text.contains('━'), "{text}");
            }
        }
    }

    #[test]
    fn the_line_is_ascii_or_not_and_never_wider_than_the_terminal() {
        let what = format!("reading {}.yaml", "ä字\n\u{1b}[31m".repeat(30));
        let moment = moment(&what, Amount::Bytes(Some(10)), 5);
        for width in [0, 1, 2, 10, 40, 80, 200] {
            let (plain, bright) = (draw(&moment, 5, false, width), draw(&moment, 5, true, width));
            assert!(plain.is_ascii(), "{plain}");
            for line in [plain, bright] {
                assert!(display_width(&line) < width.max(1), "{width}: {line}");
                assert!(!line.contains(char::is_control), "{line:?}");
            }
        }
        assert!(draw(&moment, 0, true, 80).contains("━━━━━━━━━━──────────"));
    }
}
