//! The structure of an expression: alternatives, groups, repetitions.

use std::fmt::Write as _;

use super::RegexError;

/// How deep groups may nest. Go lets them nest deeper, up to 1000; nobody names an
/// interface so, and the stack stays small.
const MAX_DEPTH: usize = 200;
/// The most that something may be repeated.
const MAX_REPEAT: u32 = 1_000;

/// A parsed expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// Something without parts, written out already.
    Leaf(String),
    Concat(Vec<Node>),
    Alternate(Vec<Node>),
    Repeat {
        node: Box<Node>,
        min: u32,
        max: Option<u32>,
        counted: bool,
    },
}

impl Node {
    pub(super) fn write(&self, out: &mut String) {
        match self {
            Self::Leaf(text) => out.push_str(text),
            Self::Concat(nodes) => nodes.iter().for_each(|node| node.write(out)),
            Self::Alternate(nodes) => {
                out.push_str("(?:");
                for (index, node) in nodes.iter().enumerate() {
                    if index > 0 {
                        out.push('|');
                    }
                    node.write(out);
                }
                out.push(')');
            }
            Self::Repeat { node, min, max, .. } => {
                out.push_str("(?:");
                node.write(out);
                let _ = match max {
                    None => write!(out, "){{{min},}}"),
                    Some(max) => write!(out, "){{{min},{max}}}"),
                };
            }
        }
    }

    /// Whether counted repetitions within one another stay below `budget` together.
    fn repeats_within(&self, budget: u32) -> bool {
        match self {
            Self::Leaf(_) => true,
            Self::Concat(nodes) | Self::Alternate(nodes) => {
                nodes.iter().all(|node| node.repeats_within(budget))
            }
            Self::Repeat { node, counted: false, .. } => node.repeats_within(budget),
            Self::Repeat { node, min, max, .. } => match max.unwrap_or(*min) {
                0 if *max == Some(0) => true,
                0 => node.repeats_within(budget),
                times => times <= budget && node.repeats_within(budget / times),
            },
        }
    }
}

/// The flags of `(?ims)`; `U`, which swaps lazy and greedy, changes no match.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Flags {
    pub(super) ignore_case: bool,
    pub(super) multi_line: bool,
    pub(super) dot_newline: bool,
}

/// Reads an expression by Go's rules.
pub(super) struct Parser<'a> {
    pub(super) rest: &'a str,
    pub(super) flags: Flags,
    depth: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(expression: &'a str) -> Self {
        Self { rest: expression, flags: Flags::default(), depth: 0 }
    }

    pub(super) fn parse(mut self) -> Result<Node, RegexError> {
        let node = self.alternatives()?;
        if self.rest.is_empty() { Ok(node) } else { Err(RegexError::UnexpectedParenthesis) }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let next = chars.next();
        self.rest = chars.as_str();
        next
    }

    pub(super) fn eat(&mut self, prefix: &str) -> bool {
        match self.rest.strip_prefix(prefix) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Alternatives up to `)` or the end. Flags set within hold up to there.
    fn alternatives(&mut self) -> Result<Node, RegexError> {
        let outer = self.flags;
        let mut alternatives = vec![self.sequence()?];
        while self.eat("|") {
            alternatives.push(self.sequence()?);
        }
        self.flags = outer;
        Ok(match alternatives.pop() {
            Some(only) if alternatives.is_empty() => only,
            Some(last) => {
                alternatives.push(last);
                Node::Alternate(alternatives)
            }
            None => Node::Concat(Vec::new()),
        })
    }

    fn sequence(&mut self) -> Result<Node, RegexError> {
        let mut nodes: Vec<Node> = Vec::new();
        let mut after_repetition = false;
        while let Some(next) = self.peek().filter(|next| !matches!(next, '|' | ')')) {
            let repetition = match next {
                '*' => Some((0, None, false)),
                '+' => Some((1, None, false)),
                '?' => Some((0, Some(1), false)),
                '{' => self.counted()?.map(|(min, max)| (min, max, true)),
                _ => None,
            };
            let Some((min, max, counted)) = repetition else {
                after_repetition = false;
                self.atom(&mut nodes)?;
                continue;
            };
            if !counted {
                self.next();
            }
            // Lazy or not, it matches the same texts.
            self.eat("?");
            if after_repetition {
                return Err(RegexError::NestedRepetition);
            }
            let node = nodes.pop().ok_or(RegexError::MissingRepeatArgument)?;
            let repeat = Node::Repeat { node: Box::new(node), min, max, counted };
            if counted && !repeat.repeats_within(MAX_REPEAT) {
                return Err(RegexError::RepeatSize);
            }
            nodes.push(repeat);
            after_repetition = true;
        }
        Ok(Node::Concat(nodes))
    }

    /// `{n}`, `{n,}` or `{n,m}`; `None` if the brace stands for itself.
    fn counted(&mut self) -> Result<Option<(u32, Option<u32>)>, RegexError> {
        let Some((inner, rest)) = self.rest.strip_prefix('{').and_then(|t| t.split_once('}'))
        else {
            return Ok(None);
        };
        let (min, max) = match inner.split_once(',') {
            None => (count(inner), Some(count(inner))),
            Some((min, "")) => (count(min), None),
            Some((min, max)) => (count(min), Some(count(max))),
        };
        let (Some(min), None | Some(Some(_))) = (min, max) else { return Ok(None) };
        let max = max.flatten();
        let largest = max.unwrap_or(min).max(min);
        if largest > MAX_REPEAT || max.is_some_and(|max| min > max) {
            return Err(RegexError::RepeatSize);
        }
        self.rest = rest;
        Ok(Some((min, max)))
    }

    fn atom(&mut self, nodes: &mut Vec<Node>) -> Result<(), RegexError> {
        match self.peek() {
            Some('(') => nodes.extend(self.group()?),
            Some('[') => {
                let class = self.class()?;
                nodes.push(self.leaf(&class));
            }
            Some('\\') => self.escaped(nodes)?,
            Some(next) => {
                self.next();
                let written = match next {
                    '^' => if self.flags.multi_line { "(?m:^)" } else { "\\A" }.to_owned(),
                    '$' => if self.flags.multi_line { "(?m:$)" } else { "\\z" }.to_owned(),
                    '.' => if self.flags.dot_newline { "(?s:.)" } else { "(?-s:.)" }.to_owned(),
                    literal => {
                        nodes.push(self.literal(literal));
                        return Ok(());
                    }
                };
                nodes.push(Node::Leaf(written));
            }
            None => {}
        }
        Ok(())
    }

    pub(super) fn literal(&self, literal: char) -> Node {
        self.leaf(&format!("\\x{{{:x}}}", u32::from(literal)))
    }

    pub(super) fn leaf(&self, written: &str) -> Node {
        let flag = if self.flags.ignore_case { "(?i:" } else { "(?:" };
        Node::Leaf(format!("{flag}{written})"))
    }

    /// A group, or flags for what follows, which are nothing by themselves.
    fn group(&mut self) -> Result<Option<Node>, RegexError> {
        self.next();
        let outer = self.flags;
        if self.eat("?") && !self.group_name()? && !self.group_flags()? {
            return Ok(None);
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(RegexError::TooLarge);
        }
        let node = self.alternatives()?;
        if !self.eat(")") {
            return Err(RegexError::MissingParenthesis);
        }
        self.depth -= 1;
        self.flags = outer;
        Ok(Some(Node::Alternate(vec![node])))
    }

    /// `P<name>` or `<name>`; Go lets a name stand twice.
    fn group_name(&mut self) -> Result<bool, RegexError> {
        if !self.eat("P<") && !self.eat("<") {
            return Ok(false);
        }
        let (name, rest) = self.rest.split_once('>').ok_or(RegexError::GroupName)?;
        let valid = !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !valid {
            return Err(RegexError::GroupName);
        }
        self.rest = rest;
        Ok(true)
    }

    /// Flags up to `:` (then a group follows) or `)`.
    fn group_flags(&mut self) -> Result<bool, RegexError> {
        let mut flags = self.flags;
        let (mut on, mut seen) = (true, false);
        loop {
            let next = self.next().ok_or(RegexError::MissingParenthesis)?;
            match next {
                'i' => flags.ignore_case = on,
                'm' => flags.multi_line = on,
                's' => flags.dot_newline = on,
                'U' => {}
                '-' if on => {
                    (on, seen) = (false, false);
                    continue;
                }
                ':' | ')' if on || seen => {
                    self.flags = flags;
                    return Ok(next == ':');
                }
                _ => return Err(RegexError::GroupFlags),
            }
            seen = true;
        }
    }
}

/// A number without a leading zero. One too large to matter is as good as any other
/// that is too large.
fn count(digits: &str) -> Option<u32> {
    let plain = !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits == "0" || !digits.starts_with('0'));
    plain.then(|| digits.parse().unwrap_or(u32::MAX))
}
