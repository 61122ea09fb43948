//! What the process finds around it: terminals, their width, the locale.

use std::io::{self, IsTerminal as _};

use super::ColorChoice;

/// Where nothing says how wide a line may be.
pub(super) const DEFAULT_WIDTH: usize = 80;

/// What the process finds around it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// Whether standard input is a terminal: nobody has piped anything in.
    pub stdin_is_terminal: bool,
    /// Whether standard output is a terminal.
    pub stdout_is_terminal: bool,
    /// Whether standard error is a terminal.
    pub stderr_is_terminal: bool,
    /// The terminal's width in columns.
    pub width: Option<usize>,
    /// Whether the locale is one of UTF-8.
    pub unicode: bool,
    /// Whether `NO_COLOR` is set, or the terminal knows no colours.
    pub no_color: bool,
    /// Whether the terminal is one that no escape sequence is for.
    pub dumb: bool,
}

impl Environment {
    /// Looks at the process's own environment.
    pub fn detect() -> Self {
        let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let (stdout, stderr) = (io::stdout(), io::stderr());
        let width = terminal_size::terminal_size_of(&stderr)
            .or_else(|| terminal_size::terminal_size_of(&stdout))
            .map(|(width, _)| usize::from(width.0));
        let dumb = set("TERM").as_deref() == Some("dumb");
        Self {
            stdin_is_terminal: io::stdin().is_terminal(),
            stdout_is_terminal: stdout.is_terminal(),
            stderr_is_terminal: stderr.is_terminal(),
            width,
            unicode: is_utf8(["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set).as_deref()),
            // no-color.org
            no_color: set("NO_COLOR").is_some() || dumb,
            dumb,
        }
    }

    /// How wide lines may be: as the terminal, within bounds that can be read.
    pub fn width(&self) -> usize {
        self.width.unwrap_or(DEFAULT_WIDTH).clamp(40, 120)
    }

    /// Whether to colour a stream.
    pub fn color(&self, choice: ColorChoice, is_terminal: bool) -> bool {
        match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => is_terminal && !self.no_color,
        }
    }
}

/// Whether a locale's name ends in a codeset of UTF-8 (`de_DE.UTF-8`, `C.utf8`).
fn is_utf8(locale: Option<&str>) -> bool {
    let codeset = locale.and_then(|locale| locale.split_once('.')).map(|(_, codeset)| codeset);
    codeset.is_some_and(|codeset| {
        let codeset = codeset.split('@').next().unwrap_or_default();
        codeset.replace('-', "").eq_ignore_ascii_case("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_for_terminals_unless_told_otherwise() {
        let plain = Environment { no_color: true, ..Environment::default() };
        let bright = Environment::default();
        for (environment, choice, is_terminal, expected) in [
            (&bright, ColorChoice::Auto, true, true),
            (&bright, ColorChoice::Auto, false, false),
            (&plain, ColorChoice::Auto, true, false),
            (&plain, ColorChoice::Always, false, true),
            (&bright, ColorChoice::Never, true, false),
        ] {
            assert_eq!(environment.color(choice, is_terminal), expected);
        }
    }

    #[test]
    fn the_locale_says_whether_its_text_is_utf_8() {
        for locale in ["de_DE.UTF-8", "C.UTF-8", "C.utf8", "en_US.UTF-8@euro"] {
            assert!(is_utf8(Some(locale)), "{locale}");
        }
        for locale in ["C", "POSIX", "de_DE", "de_DE.ISO-8859-1", "utf8"] {
            assert!(!is_utf8(Some(locale)), "{locale}");
        }
        assert!(!is_utf8(None));
    }

    #[test]
    fn the_width_stays_readable() {
        let width = |width| Environment { width, ..Environment::default() }.width();
        assert_eq!([width(None), width(Some(10)), width(Some(300))], [80, 40, 120]);
    }
}
