//! The texts of the input as files for the Pods.

use super::super::super::{InputArgs, Loaded};
use crate::live::jobs::File;
use crate::manifest::{SourceId, Sources};
use crate::report::Redactor;

/// How the names of files end that no directory of manifests is read for.
pub(super) const ENVIRONMENT: &str = "env";
pub(super) const VALUES: &str = "helm-values";
/// What `--set` says.
const SETTINGS: &str = "settings";

/// Every text of the input, byte for byte, and the values of placeholders.
pub(super) fn of_input(input: &InputArgs, loaded: &Loaded) -> Vec<File> {
    let sources = &loaded.manifests.sources;
    let redactor = Redactor::new(sources);
    let ids: Vec<SourceId> = sources.ids().collect();
    // Env files are read after everything else; what cannot be read refuses the input.
    let manifests = ids.len().saturating_sub(input.env_file.len());
    let mut files: Vec<File> = ids
        .iter()
        .enumerate()
        .map(|(index, id)| {
            let environment = index >= manifests;
            file(sources, *id, if environment { ENVIRONMENT } else { "yaml" }, &redactor)
        })
        .collect();
    if !input.set.is_empty() {
        let text = input.set.iter().map(|setting| assignment(setting.expose())).collect();
        let name = format!("{SETTINGS}.{ENVIRONMENT}");
        files.push(File { name, extension: ENVIRONMENT, text, secret: true });
    }
    files
}

/// The Helm values that were read since there were `before` texts.
pub(super) fn of_values(loaded: &Loaded, before: usize) -> Vec<File> {
    let sources = &loaded.manifests.sources;
    let redactor = Redactor::new(sources);
    sources.ids().skip(before).map(|id| file(sources, id, VALUES, &redactor)).collect()
}

fn file(sources: &Sources, id: SourceId, extension: &'static str, redactor: &Redactor) -> File {
    let source = sources.get(id);
    // The values of placeholders often are passwords, under whatever name.
    let secret = extension == ENVIRONMENT || redactor.has_secrets(id);
    File { name: source.name.clone(), extension, text: source.text.to_string(), secret }
}

/// `NAME=VALUE` as a line of an env file.
fn assignment(setting: &str) -> String {
    let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("{name}=\"{escaped}\"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Substitutions;

    #[test]
    fn settings_mean_the_same_in_an_env_file() {
        let mut substitutions = Substitutions::default();
        let mut sources = Sources::default();
        let settings = ["A=x # y", "B=\"q\" \\n", "C=two\nlines", "D=", "E= spaced ", "F='x'"];
        let text: String = settings.iter().map(|setting| assignment(setting)).collect();
        assert_eq!(substitutions.env_file(&mut sources, "settings.env", text), []);
        let mut expected = Substitutions::default();
        for setting in settings {
            expected.set(setting).unwrap();
        }
        assert_eq!(substitutions, expected);
        // `Debug` shows no values.
        assert_eq!(substitutions.values()["F"].expose(), "'x'");
    }
}
