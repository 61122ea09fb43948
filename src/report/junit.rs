//! JUnit XML, as pipelines show it: suites of test cases that pass or fail.

use super::escape::markup;

/// A group of cases.
pub(super) struct Suite {
    /// What its cases are.
    pub(super) name: &'static str,
    /// Its cases.
    pub(super) cases: Vec<Case>,
    /// What is said of all of them.
    pub(super) told: Option<String>,
}

/// A test case.
#[derive(Default)]
pub(super) struct Case {
    /// Whom it is about.
    pub(super) name: String,
    /// Why it fails, where it does.
    pub(super) failure: Option<Failure>,
    /// What else there is to say of it.
    pub(super) told: Option<String>,
}

/// Why a test case fails: once, whatever the number of reasons.
pub(super) struct Failure {
    /// The code of the first reason, or a word for it.
    pub(super) kind: String,
    /// The first reason.
    pub(super) message: String,
    /// All of them, with their places.
    pub(super) text: String,
}

/// The document of a command.
pub(super) fn render(command: &str, suites: &[Suite]) -> String {
    let tests: usize = suites.iter().map(|suite| suite.cases.len()).sum();
    let failures: usize = suites.iter().map(Suite::failures).sum();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"metallb2cilium {command}\" \
         tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">\n"
    );
    for suite in suites {
        suite.write(&mut text);
    }
    text.push_str("</testsuites>\n");
    text
}

impl Suite {
    fn failures(&self) -> usize {
        self.cases.iter().filter(|case| case.failure.is_some()).count()
    }

    fn write(&self, text: &mut String) {
        text.push_str(&format!(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\">\n",
            self.name,
            self.cases.len(),
            self.failures()
        ));
        for case in &self.cases {
            case.write(self.name, text);
        }
        if let Some(told) = &self.told {
            text.push_str(&format!("    <system-out>{}</system-out>\n", markup(told)));
        }
        text.push_str("  </testsuite>\n");
    }
}

impl Case {
    fn write(&self, suite: &str, text: &mut String) {
        let name = markup(&self.name);
        text.push_str(&format!("    <testcase classname=\"{suite}\" name=\"{name}\""));
        if self.failure.is_none() && self.told.is_none() {
            text.push_str("/>\n");
            return;
        }
        text.push_str(">\n");
        if let Some(Failure { kind, message, text: told }) = &self.failure {
            let (kind, message) = (markup(kind), markup(message));
            text.push_str(&format!("      <failure type=\"{kind}\" message=\"{message}\""));
            text.push_str(&match told.as_str() {
                "" => "/>\n".to_owned(),
                told => format!(">{}</failure>\n", markup(told)),
            });
        }
        if let Some(told) = &self.told {
            text.push_str(&format!("      <system-out>{}</system-out>\n", markup(told)));
        }
        text.push_str("    </testcase>\n");
    }
}
