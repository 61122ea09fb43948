//! Diagnostic codes of reading input: `M2C1xx`.

use crate::diagnostic::codes;

codes! {
    /// A document is not well-formed YAML or JSON.
    SYNTAX = "M2C101", "A document is not well-formed YAML or JSON",
"The document cannot be read from the marked place on; the place is where the
reader noticed it, which may be a little behind the cause. Frequent causes: a tab
in the indentation, a quote that is not closed, a list item that is indented less
than its neighbours, a text with `: ` or ` #` in it that needs quotes, or a file
that was cut off. The other documents of the input were still read.

Mend the document; `kubectl apply --dry-run=client -f FILE` refuses it too.";

    /// A file is a template, not a manifest.
    TEMPLATE = "M2C102", "A file is a template, not a manifest",
"The file holds expressions of a template language (`{{ … }}` or `{% … %}`) where
YAML must stand, so what it means is only known once it is rendered. A template is
never half read.

Render it and pass the result: `helm template RELEASE CHART -f values.yaml`,
`kustomize build DIR`, or the tool that the template is made for, then
`metallb2cilium convert -f -`. Expressions within quotes or block texts alone do
not make a file a template.";

    /// A file is something else than a manifest.
    NOT_A_MANIFEST = "M2C103", "A file is something else than a manifest",
"The file is a script, a program's configuration or prose. Manifests that such a
file holds (in a here-document, in a string) are not taken out of it, because what
the script does with them first cannot be known.

Save the manifests as YAML files of their own, or run the script against a cluster
and read from there: `kubectl get … -o yaml`.";

    /// A key stands twice in one mapping.
    DUPLICATE_KEY = "M2C104", "A key stands twice in one mapping",
"YAML wants the keys of a mapping to be different. Programs that accept the
document take one of the two values in silence, and not all the same one; the API
server refuses it under strict decoding.

Remove one of the two. The labels show both.";

    /// A key that is no text.
    KEY = "M2C105", "A key that is no text",
"Kubernetes objects have text as keys. A list, a mapping or null stands as a key
here. `{{ name }}` without quotes is read as such a mapping.

Put quotes around the key if it is meant as text.";

    /// A merge key that cannot be merged.
    MERGE = "M2C106", "A merge key that cannot be merged",
"`<<` takes a mapping or a list of mappings (usually aliases) and adds their keys
to its own mapping. Either something else stands behind it, or a key that stands
before `<<` has another value in what is merged: there YAML lets the mapping's own
key win, and kubectl's reader the merged one, so the meaning is not certain.

Write `<<` as the first key of its mapping, or write the value out once.";

    /// An alias that refers to nothing.
    ALIAS = "M2C107", "An alias that refers to nothing",
"`*name` refers to a value marked `&name` earlier in the same document. None is
there, or the alias stands within the value that it refers to. Anchors do not reach
over `---`.

Put quotes around the text if no alias was meant (as in `'*.example.org'`).";

    /// A value that its tag forbids.
    TAG = "M2C108", "A value that its tag forbids",
"A tag such as `!!int` says of which type a value is, and the value is not of that
type. kubectl refuses it too.

Remove the tag or mend the value.";

    /// Nested too deeply.
    TOO_DEEP = "M2C109", "Nested too deeply",
"Collections nest deeper than 256 levels. No Kubernetes API comes near that;
the bound protects against input made to exhaust memory.";

    /// Too much to hold.
    TOO_MUCH = "M2C110", "Too much to hold",
"Aliases expand to more than 64 MiB in one run, or the input holds more than
16 million values. Reading stops there, so that memory stays bounded.

Pass fewer files at once, or only the kinds that matter.";

    /// A document is no Kubernetes object.
    NOT_AN_OBJECT = "M2C111", "A document is no Kubernetes object",
"A document must be a mapping with `apiVersion` and `kind`. This one is a list,
bare text, or an object (it has `metadata`) without one of the two.

Mappings with neither are taken for values files or legacy configuration and are
not an error by themselves.";

    /// A file cannot be read.
    NOT_READABLE = "M2C112", "A file cannot be read",
"The system refused to open or to read the path: it does not exist, permission is
missing, or a read failed half-way. The message has the system's own words.";

    /// A directory without manifests.
    NO_MANIFESTS = "M2C113", "A directory without manifests",
"A directory is searched for `.yaml`, `.yml` and `.json` files, and this one has
none. Subdirectories are only searched with `-R`; those that start with a dot are
never searched.";

    /// A file is binary.
    BINARY = "M2C114", "A file is binary",
"The file holds NUL bytes, which no YAML or JSON text does. It may be an archive
(a packed chart), an image or a key store.";

    /// A text is not UTF-8.
    ENCODING = "M2C115", "A text is not UTF-8",
"Manifests are read as UTF-8. The marked byte is not part of a UTF-8 text, or the
file starts with the byte-order mark of UTF-16, as some editors write it.

Save the file as UTF-8: `iconv -f UTF-16 -t UTF-8 FILE`, or `-f ISO-8859-1`.";

    /// The input is larger than --max-input.
    TOO_LARGE = "M2C116", "The input is larger than --max-input",
"All input of a run together is bounded by `--max-input` (256 MiB unless told
otherwise), so that an endless stream cannot exhaust memory. Nothing of what lies
beyond was read.

Raise the bound, or pass fewer files.";

    /// One object twice, with different content.
    CONFLICT = "M2C117", "One object twice, with different content",
"Two objects of the input have the same kind, namespace and name, and differ. Only
one of them can be in the cluster, and which one cannot be known. (Objects that are
the same but for `status` and the metadata that the API server writes are taken
once, in silence.)

Remove one of the two; the labels show both.";

    /// Too many problems to show.
    TOO_MANY_PROBLEMS = "M2C118", "Too many problems to show",
"Reading found so many problems that the rest is left out.

Mend the first ones: they often have one cause, such as a wrong file.";

    /// A field that the API does not have.
    UNKNOWN_FIELD = "M2C121", "A field that the API does not have",
"The API server drops unknown fields or, under strict decoding, refuses the
object; either way the setting does nothing. Most are a typo or a wrong case
(`ipaddresspools` for `ipAddressPools`), a field at the wrong level of indentation,
or one of another version of the API.

Unknown fields are errors in metallb.io and cilium.io objects only.";

    /// A value of the wrong type.
    WRONG_TYPE = "M2C122", "A value of the wrong type",
"The API wants another type here, and the API server would refuse the object.
YAML 1.1, as kubectl reads it, takes `yes`, `no`, `on`, `off`, `y`, `n` for
booleans, and `0755`, `1_000`, `0x1f` for numbers: texts that look so need quotes.";

    /// A number out of range.
    OUT_OF_RANGE = "M2C123", "A number out of range",
"The number does not fit the field: a port ends at 65535, an AS number at
4294967295, and neither is negative.";

    /// A required field is missing.
    MISSING_FIELD = "M2C124", "A required field is missing",
"The API requires the field, and the API server would refuse the object without it.
A field that is `null` counts as missing.";

    /// A text that is none of the allowed ones.
    UNKNOWN_VARIANT = "M2C125", "A text that is none of the allowed ones",
"The field takes one of a few texts, case included, and this is another one. The
message lists them.";

    /// A placeholder stands where a value must be known.
    UNFILLED = "M2C126", "A placeholder stands where a value must be known",
"The value still holds a placeholder (`${NAME}`) or a template expression, and the
field needs the value itself: a number, a boolean, one of a few texts.

Give placeholders a value with `--set NAME=VALUE` or `--env-file FILE`; render
templates first.";

    /// A value that the field refuses.
    INVALID_VALUE = "M2C127", "A value that the field refuses",
"The value has the right type, but not a form that the field takes. The message
says what is wrong with it.";

    /// A placeholder's value does not fit where it stands.
    SUBSTITUTION = "M2C131", "A placeholder's value does not fit where it stands",
"A placeholder is filled in within one scalar: its value becomes part of a text, a
number or a boolean. A value of several lines, a list or a mapping would change the
structure of the document around it, and is refused.

Write the list out in the manifest with one placeholder for each item.";

    /// A --set or a line of --env-file that is no NAME=VALUE.
    SETTING = "M2C132", "A --set or a line of --env-file that is no NAME=VALUE",
"`--set` takes `NAME=VALUE`; an env file has one such pair on each line, with `#`
comments, optional quotes around the value and an optional `export ` before the
name. Names consist of letters, digits and `_`, and do not start with a digit.";
}
