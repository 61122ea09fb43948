//! The test programs: which tests there are, what they reach, and whether they pass.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use rustix::process::{Pid, Signal, kill_process_group};
use serde::Deserialize;

use crate::mutant::Number;

/// Longer than any test takes.
const PATIENCE: Duration = Duration::from_secs(300);
/// How often it is looked whether a test has ended.
const LOOK: Duration = Duration::from_millis(2);

/// One test.
#[derive(Clone, Debug)]
pub struct Test {
    /// The program that has it.
    pub program: PathBuf,
    /// Its path.
    pub name: String,
    /// How long it takes where nothing is changed.
    pub takes: Duration,
}

/// How a run of tests ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All passed.
    Passed,
    /// One failed, or the program crashed.
    Failed,
    /// It was ended since it took too long.
    TooLong,
}

/// Runs tests where everything else is as it always is.
pub struct Suites {
    root: PathBuf,
    programs: BTreeMap<String, PathBuf>,
}

impl Suites {
    /// Builds the test programs of a tree: `selection` is cargo's (`--lib`, `--test x`).
    ///
    /// # Errors
    /// Where they cannot be built.
    pub fn build(root: &Path, selection: &[String]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Artifact {
            target: Target,
            profile: Profile,
            executable: Option<PathBuf>,
        }
        #[derive(Deserialize)]
        struct Target {
            name: String,
        }
        #[derive(Deserialize)]
        struct Profile {
            test: bool,
        }
        let output = Command::new("cargo")
            .args(["test", "--no-run", "--locked", "--quiet", "--message-format=json"])
            .args(selection)
            .current_dir(root)
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("cannot run cargo: {error}"))?;
        if !output.status.success() {
            return Err("the tests cannot be built".into());
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let artifacts = text.lines().filter_map(|line| serde_json::from_str::<Artifact>(line).ok());
        let programs = artifacts
            .filter(|artifact| artifact.profile.test)
            .filter_map(|artifact| Some((artifact.target.name, artifact.executable?)));
        Ok(Self { root: root.to_owned(), programs: programs.collect() })
    }

    /// Every test that passes, with what it reaches; names those that do not pass.
    ///
    /// # Errors
    /// Where a program cannot be run.
    pub fn reached(&self) -> io::Result<Vec<(Test, Vec<Number>)>> {
        let mut all = Vec::new();
        for (suite, program) in &self.programs {
            for name in self.names(program)? {
                let noted = tempfile::NamedTempFile::new()?;
                let mut test = Test { program: program.clone(), name, takes: Duration::ZERO };
                let path = noted.path().as_os_str().to_owned();
                let began = Instant::now();
                let ending = self.run(&[&test], ("MUTANT_REACH", &path), PATIENCE)?;
                test.takes = began.elapsed();
                if ending != Ending::Passed {
                    eprintln!("left out, since it does not pass: {} of {suite}", test.name);
                    continue;
                }
                let numbers = fs::read(noted.path())?;
                let numbers = numbers.chunks_exact(4).map(|bytes| {
                    bytes.iter().rev().fold(0, |number, byte| number << 8 | Number::from(*byte))
                });
                all.push((test, numbers.collect()));
            }
        }
        Ok(all)
    }

    /// The names of a program's tests, but for those that are ignored.
    fn names(&self, program: &Path) -> io::Result<Vec<String>> {
        let list = |more: &[&str]| -> io::Result<Vec<String>> {
            let mut command = Command::new(program);
            command.args(["--list", "--format", "terse"]).args(more).current_dir(&self.root);
            let output = command.output()?;
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            Ok(text.lines().filter_map(|l| l.strip_suffix(": test")).map(str::to_owned).collect())
        };
        let ignored = list(&["--ignored"])?;
        Ok(list(&[])?.into_iter().filter(|name| !ignored.contains(name)).collect())
    }

    /// Runs tests of one program one after the other, with one variable more.
    ///
    /// # Errors
    /// Where the program cannot be run.
    pub fn run(
        &self,
        tests: &[&Test],
        variable: (&str, &std::ffi::OsStr),
        patience: Duration,
    ) -> io::Result<Ending> {
        let Some(first) = tests.first() else { return Ok(Ending::Passed) };
        let mut said = tempfile::tempfile()?;
        let mut child = Command::new(&first.program)
            .args(["--exact", "--test-threads=1"])
            .args(tests.iter().map(|test| &test.name))
            .current_dir(&self.root)
            .env(variable.0, variable.1)
            .env("INSTA_UPDATE", "no")
            .stdin(Stdio::null())
            .stdout(said.try_clone()?)
            .stderr(Stdio::null())
            // What it starts ends with it.
            .process_group(0)
            .spawn()?;
        let began = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            if began.elapsed() > patience {
                if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
                    kill_process_group(group, Signal::KILL)?;
                }
                child.wait()?;
                return Ok(Ending::TooLong);
            }
            thread::sleep(LOOK);
        };
        let mut text = String::new();
        said.rewind()?;
        said.read_to_string(&mut text)?;
        // Names that fit nothing would pass.
        let all_ran = text.contains(&format!("test result: ok. {} passed", tests.len()));
        Ok(if status.success() && all_ran { Ending::Passed } else { Ending::Failed })
    }
}
