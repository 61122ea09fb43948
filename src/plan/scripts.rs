//! A plan as shell scripts: one for each step, one for each way back.

use std::collections::BTreeMap;

use super::action::{Check, Task};
use super::runbook::{Plan, Step, all_checks};
use super::shell::{LIBRARY, quote, settings};

/// The scripts by file name.
pub fn scripts(plan: &Plan) -> BTreeMap<String, String> {
    let mut files = BTreeMap::from([("lib.sh".to_owned(), LIBRARY.to_owned())]);
    for (index, step) in plan.steps.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| plan.steps.get(before));
        let later = plan.steps.get(index + 1..).unwrap_or_default();
        files.insert(format!("{}.sh", step.id), forth(plan, step, before, later));
        if !step.back.tasks.is_empty() {
            files.insert(format!("back-{}.sh", step.id), back(plan, step, later));
        }
    }
    files
}

fn head(plan: &Plan, title: &str, checks: &[Check]) -> String {
    format!(
        "#!/usr/bin/env bash\n# {title}\n# --yes goes on without asking.\n\
         export CILIUM_NAMESPACE={}\n\
         # shellcheck source=lib.sh\n. \"$(dirname \"${{BASH_SOURCE[0]}}\")/lib.sh\"\n\n{}\
         begin {} \"$@\"\n",
        quote(&plan.cilium_namespace),
        settings(checks),
        quote(title),
    )
}

fn forth(plan: &Plan, step: &Step, before: Option<&Step>, later: &[Step]) -> String {
    let mut text = head(plan, &step.title, &all_checks(&step.tasks, &step.checks));
    let id = quote(&step.id);
    if let Some(before) = before {
        text.push_str(&format!("requires {}\n", quote(&before.id)));
    }
    text.push_str(&comes_before(later));
    text.push_str(&format!("\nif todo {id}; then\n"));
    if let Some(question) = &step.confirm {
        text.push_str(&format!("  confirm {}\n", quote(question)));
    }
    text.push_str(&format!("  begun {id}\n"));
    tasks(&mut text, &step.tasks);
    text.push_str("fi\n\n");
    checks(&mut text, &step.checks);
    text.push_str(&format!("finished {id}\n"));
    text
}

fn back(plan: &Plan, step: &Step, later: &[Step]) -> String {
    let title = format!("Back: {}", step.title);
    let mut text = head(plan, &title, &all_checks(&step.back.tasks, &step.back.checks));
    text.push_str(&comes_before(later));
    text.push_str(&format!("was_begun {} || exit 0\n", quote(&step.id)));
    text.push_str(&format!("confirm {}\n\n", quote(&format!("{title}?"))));
    let mut indented = String::new();
    tasks(&mut indented, &step.back.tasks);
    text.extend(indented.lines().map(|line| format!("{}\n", line.trim_start())));
    text.push('\n');
    checks(&mut text, &step.back.checks);
    text.push_str(&format!("taken_back {}\n", quote(&step.id)));
    text
}

/// The next step has not been begun, and so none after it has.
fn comes_before(later: &[Step]) -> String {
    later.first().map_or(String::new(), |next| format!("comes_before {}\n", quote(&next.id)))
}

fn tasks(text: &mut String, tasks: &[Task]) {
    for task in tasks {
        let lines = match task {
            Task::Do(action) => action.script(),
            Task::Await(check) => vec![check.script()],
        };
        for line in lines {
            text.push_str(&format!("  {line}\n"));
        }
    }
}

fn checks(text: &mut String, checks: &[Check]) {
    for check in checks {
        text.push_str(&format!("{}\n", check.script()));
    }
}
