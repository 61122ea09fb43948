//! Scalars as kubectl reads them: the YAML 1.1 rules of its reader (go-yaml v2
//! behind `sigs.k8s.io/yaml`), which turn `yes` into a boolean and `0755` into 493.

use super::Value;

/// Whether kubectl reads a plain scalar of this text as that very text, and not as
/// a number, a boolean or null.
pub fn reads_as_text(text: &str) -> bool {
    resolve_plain(text).is_none()
}

/// What a plain scalar without a tag is; `None` for a string. Timestamps are
/// strings too: go-yaml keeps the text of those that it finds.
pub(super) fn resolve_plain(text: &str) -> Option<Value> {
    let Some(&first) = text.as_bytes().first() else { return Some(Value::Null) };
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => {
            resolve_word(text)
        }
        b'.' => resolve_word(text).or_else(|| dotted_float(text)),
        b'0'..=b'9' => number(text),
        b'+' | b'-' => resolve_word(text).or_else(|| number(text)),
        _ => None,
    }
}

fn resolve_word(text: &str) -> Option<Value> {
    let value = match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Value::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Value::Bool(false)
        }
        "~" | "null" | "Null" | "NULL" => Value::Null,
        ".nan" | ".NaN" | ".NAN" => Value::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Value::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Value::Float(f64::NEG_INFINITY),
        _ => return None,
    };
    Some(value)
}

fn dotted_float(text: &str) -> Option<Value> {
    // No underscores here: go-yaml drops them only behind a digit or a sign.
    if is_decimal(text) { text.parse().ok().map(Value::Float) } else { None }
}

fn number(text: &str) -> Option<Value> {
    // Addresses are the most frequent scalars that start with a digit: out early.
    if text.bytes().any(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+' | b'-' | b'.')))
    {
        return None;
    }
    let without_underscores;
    let plain = if text.contains('_') {
        without_underscores = text.replace('_', "");
        &without_underscores
    } else {
        text
    };
    if let Some(integer) = integer(plain) {
        return Some(Value::Int(integer.into()));
    }
    if is_decimal(plain) {
        return plain.parse().ok().filter(|float: &f64| float.is_finite()).map(Value::Float);
    }
    None
}

/// Go's `ParseInt` and `ParseUint` with base 0: a sign, a base prefix, digits,
/// within 64 bits.
fn integer(text: &str) -> Option<i128> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (digits, radix) = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => (&unsigned[2..], 16),
        [b'0', b'o' | b'O', ..] => (&unsigned[2..], 8),
        [b'0', b'b' | b'B', ..] => (&unsigned[2..], 2),
        [b'0', _, ..] => (&unsigned[1..], 8),
        _ => (unsigned, 10),
    };
    // `from_str_radix` takes a sign itself.
    if !digits.as_bytes().first()?.is_ascii_alphanumeric() {
        return None;
    }
    let magnitude = i128::from(u64::from_str_radix(digits, radix).ok()?);
    let signed = if negative { -magnitude } else { magnitude };
    // `ParseUint` takes no sign.
    let highest = if text.starts_with('+') { i128::from(i64::MAX) } else { i128::from(u64::MAX) };
    (i128::from(i64::MIN)..=highest).contains(&signed).then_some(signed)
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_decimal(text: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    let whole = digits(rest);
    rest = &rest[whole..];
    if let Some(fraction) = rest.strip_prefix('.') {
        let length = digits(fraction);
        if whole + length == 0 {
            return false;
        }
        rest = &fraction[length..];
    } else if whole == 0 {
        return false;
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        let length = digits(exponent);
        return length > 0 && length == exponent.len();
    }
    rest.is_empty()
}

/// The text that a resolved scalar has as a mapping's key in JSON, as
/// `sigs.k8s.io/yaml` writes it; `None` for null, which it refuses.
pub(super) fn key_text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Bool(value) => Some(value.to_string()),
        Value::Int(value) => Some(value.get().to_string()),
        Value::Float(value) if value.is_nan() => Some(".nan".into()),
        Value::Float(value) if value == f64::INFINITY => Some(".inf".into()),
        Value::Float(value) if value == f64::NEG_INFINITY => Some("-.inf".into()),
        Value::Float(value) => Some(go_float32(value)),
        Value::Null | Value::Seq(_) | Value::Map(_) => None,
    }
}

/// Go's `FormatFloat(value, 'g', -1, 32)`.
fn go_float32(value: f64) -> String {
    let value = value as f32;
    let scientific = format!("{value:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    // With the shortest precision, Go decides by a precision of 6.
    if !(-4..6).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{mantissa}e{sign}{:02}", exponent.abs())
    } else {
        format!("{value}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_are_what_kubectl_makes_of_them() {
        for text in ["y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"] {
            assert_eq!(resolve_plain(text), Some(Value::Bool(true)), "{text}");
        }
        for text in ["n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"] {
            assert_eq!(resolve_plain(text), Some(Value::Bool(false)), "{text}");
        }
        for text in ["", "~", "null", "Null", "NULL"] {
            assert_eq!(resolve_plain(text), Some(Value::Null), "{text}");
        }
        for (text, number) in [
            ("0", 0),
            ("7", 7),
            ("-7", -7),
            ("+7", 7),
            ("0755", 0o755),
            ("0o755", 0o755),
            ("0x1F", 31),
            ("0b101", 5),
            ("-0b101", -5),
            ("1_000", 1000),
            ("18446744073709551615", i128::from(u64::MAX)),
            ("-9223372036854775808", i128::from(i64::MIN)),
        ] {
            assert_eq!(resolve_plain(text), Some(Value::Int(number.into())), "{text}");
        }
        for (text, number) in [
            ("1.5", 1.5),
            (".5", 0.5),
            ("-1.", -1.0),
            ("1e3", 1000.0),
            ("08", 8.0),
            ("1_0.5", 10.5),
            ("18446744073709551616", 18_446_744_073_709_551_616.0),
            (".inf", f64::INFINITY),
            ("-.INF", f64::NEG_INFINITY),
        ] {
            assert_eq!(resolve_plain(text), Some(Value::Float(number)), "{text}");
        }
        for text in [
            "yEs",
            "tRUE",
            "nUll",
            "10.0.0.1",
            "10.0.0.0/24",
            "10.0.0.1-10.0.0.9",
            "1:20",
            "0x",
            "0xg",
            "1e",
            "-",
            "+",
            ".",
            "..",
            "1__a",
            "64512:100",
            "2024-01-01",
            "2024-1-1",
            "2024-01-01T00:00:00Z",
            "fe80::1",
            "0o8",
            "--1",
            "+-1",
            "é",
            "_1",
            "<<",
            "1s",
            "30s",
        ] {
            assert_eq!(resolve_plain(text), None, "{text}");
        }
        assert!(matches!(resolve_plain(".nan"), Some(Value::Float(float)) if float.is_nan()));
    }

    #[test]
    fn keys_become_the_strings_that_kubectl_makes_of_them() {
        let key = |text| resolve_plain(text).and_then(key_text);
        assert_eq!(key("on").as_deref(), Some("true"));
        assert_eq!(key("0x10").as_deref(), Some("16"));
        assert_eq!(key("1.10").as_deref(), Some("1.1"));
        assert_eq!(key("1e30").as_deref(), Some("1e+30"));
        assert_eq!(key("0.00001").as_deref(), Some("1e-05"));
        assert_eq!(key("-.inf").as_deref(), Some("-.inf"));
        assert_eq!(key("~"), None);
    }
}
