//! Creation timestamps.

/// The time before all others: an object without a timestamp.
const UNKNOWN: i64 = i64::MIN;

/// The seconds of an RFC 3339 timestamp, on a scale that has no leap seconds.
/// Fractions are dropped, as Kubernetes drops them. The API server writes timestamps:
/// whether the calendar has such a day is not asked.
pub(super) fn seconds(timestamp: Option<&str>) -> i64 {
    timestamp.and_then(parse).unwrap_or(UNKNOWN)
}

fn parse(text: &str) -> Option<i64> {
    let (date, rest) = text.split_once(['T', 't', ' '])?;
    let (year, month, day) = triple(date, '-')?;
    let zone_at = rest.find(['Z', 'z', '+', '-'])?;
    let (time, zone) = rest.split_at(zone_at);
    let (hour, minute, second) = triple(time.split('.').next()?, ':')?;
    let offset = match zone.split_at(1) {
        ("Z" | "z", "") => 0,
        (sign, offset) => {
            let (hours, minutes) = offset.split_once(':')?;
            let seconds = number(hours)? * 3600 + number(minutes)? * 60;
            if sign == "-" { -seconds } else { seconds }
        }
    };
    Some(days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset)
}

fn triple(text: &str, separator: char) -> Option<(i64, i64, i64)> {
    let mut parts = text.split(separator).map(number);
    let triple = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(triple)
}

/// Up to four digits, as in a year.
fn number(digits: &str) -> Option<i64> {
    let plain = digits.len() <= 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

/// Days since the end of February of year 0 in the Gregorian calendar: with years that
/// begin in March, the leap day is the last one.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month < 3 { year - 1 } else { year };
    let month = (month + 9) % 12;
    year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_those_of_the_calendar() {
        let epoch = seconds(Some("1970-01-01T00:00:00Z"));
        for (time, unix) in [
            ("1900-02-28T23:59:59Z", -2_203_891_201),
            ("1900-03-01T00:00:00Z", -2_203_891_200),
            ("2000-02-29T00:00:00Z", 951_782_400),
            ("2000-03-01T00:00:00Z", 951_868_800),
            ("2024-12-31T23:59:59.999Z", 1_735_689_599),
            ("2025-01-01T00:00:00Z", 1_735_689_600),
            ("2026-01-02T10:00:00Z", 1_767_348_000),
            ("2100-03-01T00:00:00Z", 4_107_542_400),
        ] {
            assert_eq!(seconds(Some(time)) - epoch, unix, "{time}");
        }
    }

    #[test]
    fn zones_count_and_fractions_do_not() {
        let utc = seconds(Some("2026-01-02T10:00:00Z"));
        assert_eq!(seconds(Some("2026-01-02T12:00:00.5+02:00")), utc);
        assert_eq!(seconds(Some("2026-01-02T04:30:00-05:30")), utc);
    }

    #[test]
    fn no_timestamp_is_before_all_others() {
        assert!(seconds(None) < seconds(Some("1970-01-01T00:00:00Z")));
        for text in [
            "yesterday",
            "2026-01-02",
            "+026-01-02T10:00:00Z",
            "99999999999999999-01-02T10:00:00Z",
            "2026-01-02T10:00:00",
            "2026-01-02T10:00Z",
            "2026-01-02T10:00:00Zulu",
            "2026-01-02-03T10:00:00Z",
        ] {
            assert_eq!(seconds(Some(text)), seconds(None), "{text}");
        }
    }
}
