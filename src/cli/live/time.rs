//! Times for people: UTC as RFC 3339 writes it, and durations.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::metallb::parse_duration;

/// The wall clock's time of what was seen on the other clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    wall: SystemTime,
    steady: Instant,
}

impl Clock {
    /// As of now.
    pub(super) fn new() -> Self {
        Self { wall: SystemTime::now(), steady: Instant::now() }
    }

    /// Such as `2026-11-23T00:12:42.123Z`.
    pub(super) fn utc(&self, at: Instant) -> String {
        let since = at.saturating_duration_since(self.steady);
        let before = self.steady.saturating_duration_since(at);
        let wall = (self.wall + since).checked_sub(before).unwrap_or(self.wall);
        rfc3339(wall.duration_since(UNIX_EPOCH).unwrap_or_default())
    }
}

fn rfc3339(since_epoch: Duration) -> String {
    let (seconds, millis) = (since_epoch.as_secs(), since_epoch.subsec_millis());
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let (year, month, day) = civil(seconds / 86_400);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// The date of a day since 1970-01-01 in the Gregorian calendar, by years that begin
/// in March, so that the leap day comes last.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day)
}

/// A duration of the command line, as Go writes it.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    match parse_duration(text) {
        Some(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("expected a duration such as 90s, 10m or 1h30m".to_owned()),
    }
}

/// Milliseconds with as many digits as matter.
pub(super) fn millis(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

/// Such as `5 s` or `1 min 30 s`.
pub(super) fn words(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 60, seconds % 60) {
        (0, _) => format!("{} s", millis(duration) / 1e3),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199, "2024-02-29T23:59:59.000Z"),
            (1_709_251_200, "2024-03-01T00:00:00.000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000Z"),
        ] {
            assert_eq!(rfc3339(Duration::from_secs(seconds)), expected);
        }
        assert_eq!(rfc3339(Duration::from_millis(1_700_000_000_042)), "2023-11-14T22:13:20.042Z");
    }

    #[test]
    fn durations_are_read_as_go_writes_them() {
        assert_eq!(duration("1m30s"), Ok(Duration::from_secs(90)));
        for text in ["", "10", "0s", "-5s", "1 h"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
    #[test]
    fn durations_are_told_in_minutes_and_seconds() {
        for (millis, expected) in
            [(400, "0.4 s"), (3_000, "3 s"), (60_000, "1 min"), (90_000, "1 min 30 s")]
        {
            assert_eq!(words(Duration::from_millis(millis)), expected);
        }
    }
}
