//! Characters of the input that must not reach a terminal as they are.

use std::borrow::Cow;

/// Whether a character drives a terminal or changes how what stands around it
/// is shown: control characters, and the invisible ones that reorder text.
pub(super) fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// How an unsafe character is shown: `␛`, or `\x1b` without Unicode.
pub(super) fn visible_char(character: char, unicode: bool) -> String {
    match u32::from(character) {
        0x7f if unicode => "␡".to_owned(),
        code @ 0..=0x1f if unicode => {
            char::from_u32(0x2400 + code).map_or_else(String::new, String::from)
        }
        code @ 0..=0x7f => format!("\\x{code:02x}"),
        code => format!("\\u{{{code:x}}}"),
    }
}

/// A text with its unsafe characters made visible; newlines are kept.
pub(crate) fn visible(text: &str, unicode: bool) -> Cow<'_, str> {
    replace(text, |character, result| result.push_str(&visible_char(character, unicode)))
}

/// JSON whose texts hold unsafe characters as escapes only; serde_json leaves
/// those above U+001F as they are.
pub(super) fn json(text: &str) -> Cow<'_, str> {
    replace(text, |character, result| {
        for unit in character.encode_utf16(&mut [0; 2]) {
            result.push_str(&format!("\\u{unit:04x}"));
        }
    })
}

/// JSON that is read as YAML, in which characters beyond U+FFFF have one escape, not two.
pub(super) fn yaml_flow(json: &str) -> Cow<'_, str> {
    replace(json, |character, result| match u32::from(character) {
        code @ 0..=0xffff => result.push_str(&format!("\\u{code:04x}")),
        code => result.push_str(&format!("\\U{code:08x}")),
    })
}

/// Whether a text has characters that are unsafe.
pub(super) fn has_unsafe(text: &str) -> bool {
    text.chars().any(|character| character != '\n' && is_unsafe(character))
}

/// Text for people in which no line is a workflow command of GitHub Actions: what a
/// pipeline prints is looked through for them, and a name may hold a line break.
pub(super) fn without_commands(text: String) -> String {
    if !text.lines().any(is_command) {
        return text;
    }
    let lines = text.split_inclusive('\n');
    lines
        .map(|line| if is_command(line) { line.replacen("::", ": :", 1) } else { line.to_owned() })
        .collect()
}

/// `::name::` or `::name properties::`, wherever the line begins.
fn is_command(line: &str) -> bool {
    let Some(rest) = line.trim_start().strip_prefix("::") else { return false };
    let after = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-');
    let named = rest.starts_with(|c: char| c.is_ascii_alphabetic());
    named && (after.starts_with("::") || (after.starts_with(' ') && after.contains("::")))
}

/// Text as the content or a quoted attribute of XML 1.0 or HTML.
pub(super) fn markup(text: &str) -> String {
    let mut markup = String::with_capacity(text.len() + 8);
    for character in visible(text, true).chars() {
        match character {
            '&' => markup.push_str("&amp;"),
            '<' => markup.push_str("&lt;"),
            '>' => markup.push_str("&gt;"),
            '"' => markup.push_str("&quot;"),
            '\'' => markup.push_str("&#39;"),
            // No character of XML (section 2.2).
            '\u{fffe}' | '\u{ffff}' => markup.push(char::REPLACEMENT_CHARACTER),
            _ => markup.push(character),
        }
    }
    markup
}

/// JSON that stands within a `<script>` of HTML, which `</script` would end.
pub(super) fn json_in_html(text: &str) -> String {
    json(text).replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

fn replace(text: &str, by: impl Fn(char, &mut String)) -> Cow<'_, str> {
    let is_replaced = |character| character != '\n' && is_unsafe(character);
    if !text.chars().any(is_replaced) {
        return Cow::Borrowed(text);
    }
    let mut result = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_replaced(character) {
            by(character, &mut result);
        } else {
            result.push(character);
        }
    }
    Cow::Owned(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_become_visible() {
        let hostile = "a\x1b[31mb\x07\u{9b}1m\r\t\u{202e}\u{7f}\nü";
        assert_eq!(visible(hostile, true), "a␛[31mb␇\\u{9b}1m␍␉\\u{202e}␡\nü");
        assert_eq!(visible(hostile, false), "a\\x1b[31mb\\x07\\u{9b}1m\\x0d\\x09\\u{202e}\\x7f\nü");
        assert!(matches!(visible("plain\nü", true), Cow::Borrowed(_)));
    }

    #[test]
    fn nothing_becomes_markup() {
        let hostile = "</a> & \"'\u{1b}\u{ffff}\n";
        assert_eq!(markup(hostile), "&lt;/a&gt; &amp; &quot;&#39;␛\u{fffd}\n");
        let text = serde_json::to_string("</script><!--").unwrap();
        let escaped = json_in_html(&text);
        assert!(!escaped.contains('<'), "{escaped}");
        assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), "</script><!--");
    }

    #[test]
    fn json_keeps_its_meaning() {
        let hostile = "a\x1b\u{9b}\u{7f}\u{202e}\u{e0041}\n\"ü";
        let text = serde_json::to_string(hostile).unwrap();
        let escaped = json(&text);
        assert!(!escaped.chars().any(is_unsafe));
        assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), hostile);
    }

    #[test]
    fn a_name_starts_no_workflow_command() {
        for (text, expected) in [
            ("a\n  ::error file=x::y\nb\n", "a\n  : :error file=x::y\nb\n"),
            ("::stop-commands::t", ": :stop-commands::t"),
            ("::1 fe80::1\n::ffff:10.0.0.1 ::\n", "::1 fe80::1\n::ffff:10.0.0.1 ::\n"),
            ("x ::error::y", "x ::error::y"),
        ] {
            assert_eq!(without_commands(text.to_owned()), expected);
        }
    }
}
