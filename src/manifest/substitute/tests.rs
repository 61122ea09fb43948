use super::super::{Integer, Manifests};
use super::*;

fn fill(settings: &[&str], yaml: &str) -> Filled {
    let manifests = Manifests::from_text("test.yaml", yaml);
    assert_eq!(manifests.diagnostics, []);
    let mut substitutions = Substitutions::default();
    for setting in settings {
        substitutions.set(setting).unwrap();
    }
    substitutions.fill(&manifests.untyped[0].node, &manifests.sources, "")
}

fn value(settings: &[&str], scalar: &str) -> Value {
    let filled = fill(settings, &format!("a: {scalar}\n"));
    assert_eq!(filled.problems, []);
    filled.node.get("a").unwrap().value.clone()
}

fn string(text: &str) -> Value {
    Value::String(text.to_owned())
}

#[test]
fn scalars_are_filled_as_envsubst_before_reading_would() {
    let settings = ["N=5", "R=10.0.0.0/24", "B=yes", "E=", "Q=\"5\""];
    for (scalar, expected) in [
        ("${N}", Value::Int(Integer::from(5))),
        ("$N", Value::Int(Integer::from(5))),
        ("'${N}'", string("5")),
        ("\"${N}\"", string("5")),
        ("|\n  ${N}\n", string("5\n")),
        (">-\n  ${N}\n", string("5")),
        ("!!str ${N}x", string("5x")),
        ("${B}", Value::Bool(true)),
        ("${R}", string("10.0.0.0/24")),
        ("a-${N}-$R", string("a-5-10.0.0.0/24")),
        ("${E}", Value::Null),
        ("${E:-7}", Value::Int(Integer::from(7))),
        ("${Q}", string("5")),
        ("${X:-7}", Value::Int(Integer::from(7))),
        ("${X:=7}", Value::Int(Integer::from(7))),
        ("${X:-${N}}", Value::Int(Integer::from(5))),
        ("${N:-7}", Value::Int(Integer::from(5))),
        ("${X}", string("${X}")),
        ("$${N}", string("${N}")),
        ("a$$b$", string("a$b$")),
    ] {
        assert_eq!(value(&settings, scalar), expected, "{scalar}");
    }
    assert_eq!(value(&[], "$${N} a$$b"), string("$${N} a$$b"));
}

#[test]
fn values_that_change_the_structure_are_refused() {
    for setting in ["V=[a, b]", "V=a: b", "V=- a", "V=a\nb", "V=a # b", "V=#", "V=\"open", "V=*x"] {
        let filled = fill(&[setting], "a: ${V}\n");
        assert_eq!(filled.problems.len(), 1, "{setting}");
        assert_eq!(filled.problems[0].kind, ProblemKind::Substitution);
        assert_eq!(filled.problems[0].path, "a");
        let diagnostic = filled.problems[0].clone().into_diagnostic(None);
        assert_eq!(diagnostic.code.id, "M2C131");
    }
}

#[test]
fn what_stays_unfilled_is_told() {
    let yaml = "spec:\n  addresses: ['${A}', $B/32, '${C:-x}', '$${D}']\n  l: {$E: f}\n\
                status: ${F}\nmetadata: {annotations: {kubectl.kubernetes.io/last-applied-configuration: '${G}'}}\n";
    let filled = fill(&["A=1"], yaml);
    let told: Vec<_> = filled.unfilled.iter().map(|u| (u.path.as_str(), u.name.as_str())).collect();
    assert_eq!(told, [("spec.addresses[1]", "B"), ("spec.l.$E", "E")]);
}

#[test]
fn an_object_takes_its_metadata_from_what_was_filled_in() {
    let text = "apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: $N}\n";
    let manifests = Manifests::from_text("test.yaml", text);
    let mut substitutions = Substitutions::default();
    substitutions.set("N=pool").unwrap();
    let (object, unfilled, problems) =
        substitutions.fill_object(&manifests.objects[0], &manifests.sources);
    assert_eq!(object.meta.name, "pool");
    assert_eq!(object.kind, "IPAddressPool");
    assert_eq!((unfilled, problems), (vec![], vec![]));
}

#[test]
fn env_files_are_read() {
    let text = "\u{feff}# comment\n\nexport A=1\nB = two words # rest\r\nC='a # b'\nD=\"x\\\"y\" # z\n\
                E=\nF=#\nbad\n1X=3\nG='open\nH=\"a\"b\n";
    let mut sources = Sources::default();
    let mut substitutions = Substitutions::default();
    let diagnostics = substitutions.env_file(&mut sources, "vars.env", text);
    let values: Vec<_> =
        substitutions.values.iter().map(|(name, value)| (name.as_str(), value.expose())).collect();
    assert_eq!(
        values,
        [("A", "1"), ("B", "two words"), ("C", "a # b"), ("D", "x\"y"), ("E", ""), ("F", "")]
    );
    let said: Vec<&str> = diagnostics.iter().map(|d| d.message.as_str()).collect();
    assert_eq!(said.len(), 4);
    for (message, line) in said.iter().zip(9..) {
        assert!(message.contains(&format!("line {line} of vars.env")), "{message}");
        assert!(!message.contains("open"), "no text of the line, which may be a secret");
    }
    assert!(diagnostics.iter().all(|d| d.code.id == "M2C132"));
}

#[test]
fn settings_without_a_name_are_refused() {
    for setting in ["", "A", "=x", "1A=x", "A-B=x"] {
        let error = Substitutions::default().set(setting).unwrap_err();
        assert_eq!(error.code.id, "M2C132", "{setting}");
    }
    let mut substitutions = Substitutions::default();
    assert!(substitutions.is_empty());
    substitutions.set("A=b=c").unwrap();
    assert_eq!(substitutions.values["A"].expose(), "b=c");
}

#[test]
fn keys_are_filled_in_too() {
    let settings = ["N=app", "M=more", "T=a: b", "L=a\nb"];
    let keys = |filled: &Filled| {
        let Value::Map(entries) = &filled.node.value else { panic!() };
        entries.iter().map(|(key, ..)| key.clone()).collect::<Vec<_>>()
    };
    let filled = fill(&settings, "${N}: 1\n'x/${M}': {$M: $N}\n");
    assert_eq!((filled.unfilled, filled.problems), (vec![], vec![]));
    let filled = fill(&settings, "${N}: 1\n'x/${M}': {$M: $N}\n");
    assert_eq!(keys(&filled), ["app", "x/more"]);
    let inner = filled.node.get("x/more").unwrap();
    assert_eq!(inner.get("more").unwrap().value, string("app"));
    let unfilled = fill(&settings, "${OTHER}: 1\n").unfilled;
    assert_eq!((unfilled.len(), unfilled[0].name.as_str()), (1, "OTHER"));
    for (yaml, why) in [
        ("app: 1\n${N}: 2\n", "makes a key that is there already"),
        ("${N}: 1\n$N: 2\n", "makes a key that is there already"),
        ("${T}: 1\n", "would change the structure of the document"),
        ("${L}: 1\n", "has several lines"),
    ] {
        let filled = fill(&settings, yaml);
        let [problem] = &filled.problems[..] else { panic!("{yaml}: {:?}", filled.problems) };
        assert!(problem.message.ends_with(why), "{yaml}: {}", problem.message);
        assert!(keys(&filled).iter().any(|key| key.contains('$')), "{yaml}");
    }
}
