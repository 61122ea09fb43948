//! One JSON value into a tree of [`Node`]s: RFC 8259, numbers as kubectl reads them.

use super::parse::{
    Budget, Entries, MAX_DEPTH, ParseError, ParseErrorKind, check_duplicates, span,
};
use super::{Node, SourceId, Span, Value};

/// Reads the value that starts at the first non-blank byte of `text[start..end]`;
/// returns it with the offset past it.
pub(super) fn parse(
    text: &str,
    start: usize,
    end: usize,
    source: SourceId,
    budget: &mut Budget,
) -> Result<(Node, usize), ParseError> {
    let mut reader = Reader { text, bytes: &text.as_bytes()[..end], at: start, source, budget };
    let node = reader.value()?;
    Ok((node, reader.at))
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    source: SourceId,
    budget: &'a mut Budget,
}

/// A collection that is still open.
enum Open {
    Seq(usize, Vec<Node>),
    Map(usize, Entries, String, Span),
}

impl Reader<'_> {
    fn value(&mut self) -> Result<Node, ParseError> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            self.blanks();
            let start = self.at;
            let mut node = match self.peek() {
                Some(b'[' | b'{') if open.len() >= MAX_DEPTH => {
                    return Err(ParseErrorKind::TooDeep.at(self.here()));
                }
                Some(b'[') => {
                    self.at += 1;
                    self.blanks();
                    if self.peek() != Some(b']') {
                        open.push(Open::Seq(start, Vec::new()));
                        continue;
                    }
                    self.at += 1;
                    self.node(start, Value::Seq(Vec::new()))?
                }
                Some(b'{') => {
                    self.at += 1;
                    self.blanks();
                    if self.peek() != Some(b'}') {
                        let (key, place) = self.key()?;
                        open.push(Open::Map(start, Vec::new(), key, place));
                        continue;
                    }
                    self.at += 1;
                    self.node(start, Value::Map(Vec::new()))?
                }
                _ => {
                    let value = self.scalar()?;
                    self.node(start, value)?
                }
            };
            // Close every collection that ends here.
            loop {
                let Some(top) = open.pop() else { return Ok(node) };
                self.blanks();
                match (top, self.peek()) {
                    (Open::Seq(start, mut items), next @ Some(b',' | b']')) => {
                        self.at += 1;
                        items.push(node);
                        if next == Some(b',') {
                            open.push(Open::Seq(start, items));
                            break;
                        }
                        node = self.node(start, Value::Seq(items))?;
                    }
                    (Open::Map(start, mut entries, key, place), next @ Some(b',' | b'}')) => {
                        self.at += 1;
                        entries.push((key, place, node));
                        if next == Some(b',') {
                            self.blanks();
                            let (key, place) = self.key()?;
                            open.push(Open::Map(start, entries, key, place));
                            break;
                        }
                        check_duplicates(&entries)?;
                        node = self.node(start, Value::Map(entries))?;
                    }
                    (Open::Seq(..), _) => return Err(self.expected("`,` or `]`")),
                    (Open::Map(..), _) => return Err(self.expected("`,` or `}`")),
                }
            }
        }
    }

    fn node(&mut self, start: usize, value: Value) -> Result<Node, ParseError> {
        let span = span(self.source, start, self.at);
        self.budget.take_node(span).map_err(|kind| kind.at(span))?;
        Ok(Node { span, value })
    }

    fn key(&mut self) -> Result<(String, Span), ParseError> {
        if self.peek() != Some(b'"') {
            return Err(self.expected("a key in double quotes"));
        }
        let start = self.at;
        let key = self.string()?;
        let place = span(self.source, start, self.at);
        self.blanks();
        if self.peek() != Some(b':') {
            return Err(self.expected("`:`"));
        }
        self.at += 1;
        Ok((key, place))
    }

    fn scalar(&mut self) -> Result<Value, ParseError> {
        match self.peek() {
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => {
                let rest = &self.bytes[self.at..];
                for (word, value) in [
                    ("null", Value::Null),
                    ("true", Value::Bool(true)),
                    ("false", Value::Bool(false)),
                ] {
                    let after = rest.get(word.len()).is_none_or(|b| !b.is_ascii_alphanumeric());
                    if rest.starts_with(word.as_bytes()) && after {
                        self.at += word.len();
                        return Ok(value);
                    }
                }
                Err(self.expected("a value"))
            }
        }
    }

    fn digits(&mut self) -> usize {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        self.at += length;
        length
    }

    fn number(&mut self) -> Result<Value, ParseError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let zero = self.peek() == Some(b'0');
        let whole = self.digits();
        if whole == 0 || (zero && whole > 1) {
            return Err(self.expected("a number without leading zeros"));
        }
        let mut float = false;
        if self.peek() == Some(b'.') {
            float = true;
            self.at += 1;
            if self.digits() == 0 {
                return Err(self.expected("a digit"));
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            float = true;
            self.at += 1;
            if matches!(self.peek(), Some(b'-' | b'+')) {
                self.at += 1;
            }
            if self.digits() == 0 {
                return Err(self.expected("a digit"));
            }
        }
        let text = &self.text[start..self.at];
        if !float
            && let Ok(integer) = text.parse::<i128>()
            && (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&integer)
        {
            return Ok(Value::Int(integer.into()));
        }
        match text.parse::<f64>() {
            Ok(float) if float.is_finite() => Ok(Value::Float(float)),
            _ => {
                let message = "a number beyond 64 bits".to_owned();
                Err(ParseErrorKind::Syntax(message).at(span(self.source, start, self.at)))
            }
        }
    }

    fn string(&mut self) -> Result<String, ParseError> {
        self.at += 1;
        let mut result = String::new();
        loop {
            let rest = &self.bytes[self.at..];
            let Some(length) = rest.iter().position(|b| matches!(b, b'"' | b'\\' | 0..0x20)) else {
                self.at = self.bytes.len();
                return Err(self.expected("the end of the string, `\"`"));
            };
            let run = &self.text[self.at..self.at + length];
            self.at += length;
            match rest[length] {
                b'"' => {
                    self.at += 1;
                    if result.is_empty() {
                        return Ok(run.to_owned());
                    }
                    result.push_str(run);
                    return Ok(result);
                }
                b'\\' => {
                    result.push_str(run);
                    result.push(self.escape()?);
                }
                _ => return Err(self.expected("no control character in a string")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, ParseError> {
        let escaped = self.bytes.get(self.at + 1).copied();
        let character = match escaped {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return Err(self.expected("an escape that JSON has")),
        };
        self.at += 2;
        Ok(character)
    }

    fn unicode(&mut self) -> Result<char, ParseError> {
        let Some(first) = self.hex(self.at) else {
            return Err(self.expected("four hexadecimal digits behind `\\u`"));
        };
        self.at += 6;
        if (0xd800..0xdc00).contains(&first)
            && let Some(second @ 0xdc00..0xe000) = self.hex(self.at)
        {
            self.at += 6;
            let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        // A lone surrogate is replaced, as Go does.
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    /// The number of the escape at `at`: `\u` and four hexadecimal digits.
    fn hex(&self, at: usize) -> Option<u32> {
        let digits = self.bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
        digits.iter().try_fold(0, |sum, b| Some(sum * 16 + char::from(*b).to_digit(16)?))
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// The character at hand.
    fn here(&self) -> Span {
        let mut start = self.at.min(self.bytes.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        let length = self.text[start..self.bytes.len()].chars().next().map_or(0, char::len_utf8);
        span(self.source, start, start + length)
    }

    fn expected(&self, what: &str) -> ParseError {
        let found = match self.text.get(self.at..self.bytes.len()).and_then(|t| t.chars().next()) {
            Some(found) => format!("`{}`", found.escape_default()),
            None => "the end of the text".to_owned(),
        };
        ParseErrorKind::Syntax(format!("expected {what}, found {found}")).at(self.here())
    }
}
