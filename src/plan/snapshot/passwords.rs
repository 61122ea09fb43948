//! Takes the passwords out of an object, wherever they stand and whatever they are.

use serde_json::Value as Json;

use crate::secret::keys::{Key, classify};
use crate::secret::scan::secrets;

/// What was taken out.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// Whether there were fields that hold nothing but a password.
    pub(super) fields: bool,
    /// The paths of texts that hold a password beside other things.
    pub(super) texts: Vec<String>,
}

/// Takes every password out. In workloads the names of fields speak of much that is none:
/// there only texts and numbers are taken for passwords.
pub(super) fn take_out(json: &mut Json, is_workload: bool) -> Taken {
    let mut taker = Taker { is_workload, taken: Taken::default() };
    taker.visit(json, "");
    taker.taken
}

struct Taker {
    is_workload: bool,
    taken: Taken,
}

impl Taker {
    fn visit(&mut self, json: &mut Json, path: &str) {
        match json {
            Json::Object(fields) => {
                // `{name: ROUTER_PASSWORD, value: …}` of a container.
                let name = fields.get("name").and_then(Json::as_str).unwrap_or_default();
                let is_variable = name.contains('_') && classify(name, false) == Key::Secret;
                fields.retain(|key, value| {
                    let kind = match key.as_str() {
                        "value" if is_variable => Key::Secret,
                        _ => classify(key, false),
                    };
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    self.keep(kind, value, &path)
                });
            }
            Json::Array(items) => items.retain_mut(|item| self.keep(Key::Open, item, path)),
            _ => {}
        }
    }

    /// Whether a value stays; what is below it is seen to.
    fn keep(&mut self, kind: Key, value: &mut Json, path: &str) -> bool {
        let is_secret = match (kind, &*value) {
            (_, Json::Null | Json::Bool(_)) => false,
            (Key::Secret | Key::Reference, Json::String(text)) => !text.is_empty(),
            (Key::Secret, Json::Number(_)) => true,
            (Key::Secret, Json::Array(_) | Json::Object(_)) => !self.is_workload,
            (Key::Reference, Json::Number(_) | Json::Array(_)) => !self.is_workload,
            _ => false,
        };
        if is_secret {
            self.taken.fields = true;
            return false;
        }
        if let Json::String(text) = value
            && !secrets(text).ranges.is_empty()
        {
            self.taken.texts.push(path.to_owned());
            return false;
        }
        self.visit(value, path);
        true
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn passwords_of_every_form_are_taken_out() {
        for (is_workload, mut object, left, fields, texts) in [
            (false, json!({"password": "x", "port": 1}), json!({"port": 1}), true, vec![]),
            (false, json!({"password": 1}), json!({}), true, vec![]),
            (false, json!({"a": [{"password": ["x"]}, 1]}), json!({"a": [{}, 1]}), true, vec![]),
            (false, json!({"pasword": {"x": "y"}}), json!({}), true, vec![]),
            (false, json!({"passwordSecret": ["x"]}), json!({}), true, vec![]),
            (false, json!({"password": ""}), json!({"password": ""}), false, vec![]),
            (
                false,
                json!({"passwordSecret": {"name": "x"}}),
                json!({"passwordSecret": {"name": "x"}}),
                false,
                vec![],
            ),
            (
                false,
                json!({"data": {"config": "peers:\n- password: x\n", "b": "c"}}),
                json!({"data": {"b": "c"}}),
                false,
                vec!["data.config"],
            ),
            (
                true,
                json!({"env": [{"name": "A_PASSWORD", "value": "x"}]}),
                json!({"env": [{"name": "A_PASSWORD"}]}),
                true,
                vec![],
            ),
            (
                true,
                json!({"serviceAccountToken": {"path": "token"}, "automountServiceAccountToken": true}),
                json!({"serviceAccountToken": {"path": "token"}, "automountServiceAccountToken": true}),
                false,
                vec![],
            ),
            (
                true,
                json!({"volumes": [{"secret": {"secretName": "x"}}]}),
                json!({"volumes": [{"secret": {"secretName": "x"}}]}),
                false,
                vec![],
            ),
        ] {
            let taken = take_out(&mut object, is_workload);
            assert_eq!(
                (object, taken.fields, taken.texts),
                (left, fields, texts.into_iter().map(str::to_owned).collect())
            );
        }
    }
}
