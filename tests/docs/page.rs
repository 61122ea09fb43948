//! A page: its fenced blocks, and the commands in them.

use super::lines;

/// What is done with a block.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// Its commands are run.
    Console,
    /// The command of the tests themselves.
    TestCommand,
    /// It stands in that file.
    From(String),
    /// Anything else.
    Text,
}

/// A fenced block.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) kind: Kind,
    /// Whether it runs on a host of a link.
    pub(crate) on_the_link: bool,
    /// Whether what was done to the cluster before is forgotten.
    pub(crate) fresh: bool,
    /// Its first line within the page, from 1; the fence stands above.
    pub(crate) line: usize,
    /// What opens and closes it.
    pub(crate) fence: String,
    pub(crate) lines: Vec<String>,
    pub(crate) commands: Vec<Command>,
}

impl Block {
    /// Its text.
    pub(crate) fn body(&self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

/// A command with what is shown of its output.
#[derive(Debug, Clone, Default)]
pub(crate) struct Command {
    /// As it stands in the page.
    pub(crate) shown: Vec<String>,
    /// As bash takes it.
    pub(crate) text: String,
    pub(crate) output: Vec<String>,
}

/// What a command printed, and its exit status.
#[derive(Debug, Clone)]
pub(crate) struct Ran {
    pub(crate) output: Vec<String>,
    pub(crate) status: i32,
}

/// What the commands of each block printed; `None` where the block was not run.
pub(crate) type Outputs = Vec<Option<Vec<Ran>>>;

/// A page.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) text: String,
    pub(crate) blocks: Vec<Block>,
}

impl Page {
    /// Reads a page.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let mut blocks = Vec::new();
        let mut mark = String::new();
        let mut lines = text.lines().enumerate();
        while let Some((number, line)) = lines.next() {
            let trimmed = line.trim_start();
            if let Some(comment) = line.strip_prefix("<!-- ") {
                mark = comment.trim_end().trim_end_matches("-->").trim().to_owned();
            } else if trimmed.starts_with("```") {
                let fence: String = trimmed.chars().take_while(|c| *c == '`').collect();
                let info = trimmed.trim_start_matches('`').trim().to_owned();
                let indented = trimmed.len() != line.len();
                let mut body = Vec::new();
                let closed = loop {
                    match lines.next() {
                        None => break false,
                        Some((_, line)) if line.trim() == fence => break true,
                        Some((_, line)) => body.push(line.to_owned()),
                    }
                };
                let place = format!("line {}", number + 1);
                if !closed {
                    return Err(format!("{place}: the block is not closed"));
                }
                if info == "console" && indented {
                    return Err(format!("{place}: a block of commands is not indented"));
                }
                let block = block(&info, &mark, number + 2, body)
                    .map_err(|error| format!("{place}: {error}"))?;
                blocks.push(Block { fence, ..block });
                mark.clear();
            } else if !line.trim().is_empty() {
                mark.clear();
            }
        }
        Ok(Self { text: text.to_owned(), blocks })
    }

    /// What is shown otherwise than it is printed.
    pub(crate) fn differences(&self, outputs: &Outputs) -> Vec<String> {
        let mut wrong = Vec::new();
        for (block, ran) in self.blocks.iter().zip(outputs) {
            let Some(ran) = ran else { continue };
            for (index, (command, ran)) in block.commands.iter().zip(ran).enumerate() {
                let told = block.commands.get(index + 1).is_some_and(|next| next.text == "echo $?");
                if ran.status != 0 && !told {
                    let status = ran.status;
                    wrong.push(format!("{}\nends with {status}: show `echo $?`", command.text));
                }
                if !lines::fit(&command.output, &ran.output) {
                    wrong.push(format!(
                        "below line {}: $ {}\n--- shown\n{}\n--- printed\n{}\n---",
                        block.line,
                        command.text,
                        command.output.join("\n"),
                        ran.output.join("\n")
                    ));
                }
            }
        }
        wrong
    }

    /// The page with what was printed.
    pub(crate) fn updated(&self, outputs: &Outputs) -> String {
        let old: Vec<&str> = self.text.lines().collect();
        let mut new: Vec<String> = Vec::new();
        let mut next = 0;
        for (block, ran) in self.blocks.iter().zip(outputs) {
            let Some(ran) = ran else { continue };
            new.extend(old[next..block.line - 1].iter().map(|line| (*line).to_owned()));
            for (command, ran) in block.commands.iter().zip(ran) {
                new.extend(command.shown.iter().cloned());
                let output = lines::updated(&command.output, &ran.output);
                let closes = output.iter().find(|line| line.trim() == block.fence);
                assert!(closes.is_none(), "line {}: fence it with more backticks", block.line);
                new.extend(output);
            }
            next = block.line - 1 + block.lines.len();
        }
        new.extend(old[next..].iter().map(|line| (*line).to_owned()));
        new.iter().map(|line| format!("{line}\n")).collect()
    }
}

fn block(info: &str, mark: &str, line: usize, lines: Vec<String>) -> Result<Block, String> {
    let kind = match mark.strip_prefix("docs: from ") {
        Some(path) => Kind::From(path.to_owned()),
        None if mark == "test-command" => Kind::TestCommand,
        None if info == "console" => Kind::Console,
        None => Kind::Text,
    };
    let on_the_link = mark == "docs: on the link";
    let fresh = mark == "docs: a fresh cluster";
    if mark.starts_with("docs: ") && !on_the_link && !fresh && !matches!(kind, Kind::From(_)) {
        return Err(format!("unknown mark {mark:?}"));
    }
    let commands = if kind == Kind::Console { commands(&lines)? } else { Vec::new() };
    Ok(Block { kind, on_the_link, fresh, line, fence: String::new(), lines, commands })
}

fn commands(lines: &[String]) -> Result<Vec<Command>, String> {
    let mut found: Vec<Command> = Vec::new();
    let mut goes_on = false;
    for line in lines {
        let start = line.strip_prefix("$ ");
        let more = line.strip_prefix("> ").or_else(|| (line == ">").then_some(""));
        match (found.last_mut(), start) {
            (Some(command), None) if goes_on || (more.is_some() && command.output.is_empty()) => {
                let text = more.unwrap_or(line);
                command.text.push('\n');
                command.text.push_str(text);
                command.shown.push(line.clone());
                goes_on = continues(text);
            }
            (_, Some(text)) => {
                let command = Command {
                    shown: vec![line.clone()],
                    text: text.to_owned(),
                    output: Vec::new(),
                };
                goes_on = continues(text);
                found.push(command);
            }
            (Some(command), None) => command.output.push(line.clone()),
            (None, None) => return Err("a command begins with `$ `".to_owned()),
        }
    }
    if found.is_empty() { Err("there is no command".to_owned()) } else { Ok(found) }
}

fn continues(line: &str) -> bool {
    let line = line.trim_end();
    line.ends_with('\\') || line.ends_with('|') || line.ends_with("&&")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "text\n\n<!-- docs: on the link -->\n```console\n$ a |\n  b\none\n$ cat <<E\n> x\n> E\n$ c\n```\n\n\
                        ```yaml\n- run: x\n```\n";

    fn ran(output: &[&str]) -> Ran {
        Ran { output: output.iter().map(|line| (*line).to_owned()).collect(), status: 0 }
    }

    #[test]
    fn commands_and_their_output_are_told_apart() {
        let page = Page::read(PAGE).unwrap();
        let [console, yaml] = page.blocks.as_slice() else { panic!("{:?}", page.blocks) };
        assert!(console.on_the_link && !yaml.on_the_link && yaml.kind == Kind::Text);
        let texts: Vec<&str> = console.commands.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(texts, ["a |\n  b", "cat <<E\nx\nE", "c"]);
        assert_eq!(console.commands[0].output, ["one"]);
    }

    #[test]
    fn an_update_changes_output_only() {
        let page = Page::read(PAGE).unwrap();
        let same = vec![Some(vec![ran(&["one"]), ran(&[]), ran(&[])]), None];
        assert_eq!(page.updated(&same), PAGE);
        assert_eq!(page.differences(&same), Vec::<String>::new());
        let other = vec![Some(vec![ran(&["two", "three"]), ran(&[]), ran(&["x"])]), None];
        assert_eq!(page.differences(&other).len(), 2);
        let updated = page.updated(&other);
        assert_eq!(updated, PAGE.replace("one\n", "two\nthree\n").replace("$ c\n", "$ c\nx\n"));
        let again = Page::read(&updated).unwrap();
        assert_eq!(again.differences(&other), Vec::<String>::new());
    }

    #[test]
    fn a_status_that_is_not_told_is_a_difference() {
        let page = Page::read("```console\n$ false\n```\n").unwrap();
        let failed = vec![Some(vec![Ran { output: vec![], status: 1 }])];
        assert_eq!(page.differences(&failed).len(), 1);
        let page = Page::read("```console\n$ false\n$ echo $?\n1\n```\n").unwrap();
        let told = vec![Some(vec![Ran { output: vec![], status: 1 }, ran(&["1"])])];
        assert_eq!(page.differences(&told), Vec::<String>::new());
    }

    #[test]
    fn blocks_that_nobody_could_run_are_refused() {
        for text in [
            "```console\nx\n```\n",
            "```console\n```\n",
            "- a\n  ```console\n  $ x\n  ```\n",
            "```console\n$ x\n",
        ] {
            assert!(Page::read(text).is_err(), "{text}");
        }
        assert!(Page::read("<!-- docs: never -->\n```console\n$ x\n```\n").is_err());
    }
}
