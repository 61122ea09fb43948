//! Which keys have secret values.

/// What the value of a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// Nothing to hide.
    Open,
    /// A secret, whatever form it has.
    Secret,
    /// Meant to name a secret; a text there is taken for the secret itself.
    Reference,
    /// The values of a Secret, below keys.
    Data,
}

/// Parts of the names of keys with secret values.
const WORDS: [&str; 11] = [
    "password",
    "passwd",
    "passphrase",
    "token",
    "md5",
    "apikey",
    "privatekey",
    "sharedsecret",
    "secretkey",
    "secretvalue",
    "credential",
];

/// Whole names of keys with secret values.
const NAMES: [&str; 5] = ["pass", "pwd", "psk", "authkey", "secretdata"];

/// How the names of keys end that say where a secret is.
const PLACES: [&str; 6] = ["name", "namespace", "file", "path", "ref", "seconds"];

/// What the value of a key is; `raw` may have quotes.
pub(crate) fn classify(raw: &str, in_secret: bool) -> Key {
    // An escaped key can spell anything.
    if ["\\u", "\\U", "\\x"].iter().any(|escape| raw.contains(escape)) {
        return Key::Secret;
    }
    let name: String =
        raw.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    if name == "stringdata" || (in_secret && name == "data") {
        return Key::Data;
    }
    if name == "secret" {
        return Key::Reference;
    }
    let has_word = is_nearly_password(&name) || WORDS.iter().any(|word| name.contains(word));
    if !(has_word || NAMES.contains(&name.as_str())) {
        Key::Open
    } else if name.ends_with("secret") && !name.ends_with("sharedsecret") {
        Key::Reference
    } else if PLACES.iter().any(|end| name.ends_with(end)) {
        Key::Open
    } else {
        Key::Secret
    }
}

/// A mistyped key has the secret all the same.
fn is_nearly_password(name: &str) -> bool {
    const EDITS: usize = 2;
    // Names of other lengths are further away, and the distance is dear.
    name.len().abs_diff("password".len()) <= EDITS
        && strsim::damerau_levenshtein(name, "password") <= EDITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_by_their_names() {
        for key in [
            "password",
            "pasword",
            "passwrod",
            "\"password\"",
            "BGP_PASSWORD",
            "md5-key",
            "authToken",
            "pass",
        ] {
            assert_eq!(classify(key, false), Key::Secret, "{key}");
        }
        for key in ["passwordSecret", "secret"] {
            assert_eq!(classify(key, false), Key::Reference, "{key}");
        }
        for key in ["passwordSecretName", "tokenFile", "secretName", "peerAddress", "authSecretRef"]
        {
            assert_eq!(classify(key, false), Key::Open, "{key}");
        }
        assert_eq!(classify("data", false), Key::Open);
        assert_eq!(classify("data", true), Key::Data);
        assert_eq!(classify("stringData", false), Key::Data);
        assert_eq!(classify("\"pass\\u0077ord\"", false), Key::Secret);
    }
}
