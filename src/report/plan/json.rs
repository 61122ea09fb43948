//! A runbook as one JSON object.

use serde_json::{Value, json};

use super::commands;
use crate::plan::{Check, Plan, Task};
use crate::report::escape;

pub(super) fn render(plan: &Plan) -> String {
    let steps: Vec<Value> = plan
        .steps
        .iter()
        .map(|step| {
            json!({
                "id": step.id,
                "title": step.title,
                "why": step.why,
                "confirm": step.confirm,
                "tasks": tasks(&step.tasks),
                "commands": commands(&step.tasks).lines().collect::<Vec<_>>(),
                "checks": checks(&step.checks),
                "takes": step.takes,
                "interrupts": step.interrupts,
                "back": {
                    "note": step.back.note,
                    "tasks": tasks(&step.back.tasks),
                    "commands": commands(&step.back.tasks).lines().collect::<Vec<_>>(),
                    "checks": checks(&step.back.checks),
                },
            })
        })
        .collect();
    let accepted: Vec<Value> = plan
        .accepted
        .iter()
        .map(|one| json!({"code": one.code.id, "message": one.message}))
        .collect();
    let value = json!({
        "title": plan.title,
        "summary": plan.summary,
        "before": plan.before,
        "accepted": accepted,
        "assumptions": plan.assumptions,
        "steps": steps,
        "files": plan.files.keys().collect::<Vec<_>>(),
    });
    // Values of these types are always JSON.
    let text = serde_json::to_string_pretty(&value).unwrap_or_default() + "\n";
    escape::json(&text).into_owned()
}

fn tasks(tasks: &[Task]) -> Value {
    json!(tasks)
}

fn checks(checks: &[Check]) -> Vec<Value> {
    checks
        .iter()
        .map(|check| json!({"check": check, "text": check.sentence(), "command": check.command()}))
        .collect()
}
