//! Times as people write them: `90m`, `14:00`, `2026-11-19 14:00`, RFC 3339, seconds since 1970.

use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo, Timestamp, ToSpan};

/// The forms that [`parse`] reads, for help texts and errors.
pub(super) const FORMS: &str = "how long ago (90m, 24h, 7d), the last 14:00, a date (2026-11-19), \
    a date and time (2026-11-19 14:00, RFC 3339), or seconds or milliseconds since 1970; without a \
    zone, times are UTC, or the machine's with --local";

/// A smaller number is not plausible as seconds since 1970: `24` stands for `24h`.
const FIRST_SECOND: i64 = 100_000_000;
/// A number of this size or more is in milliseconds; as seconds it would be after the year 5138.
const FIRST_MILLISECOND: i64 = 100_000_000_000;

/// Reads a time, in milliseconds since 1970.
///
/// `14:00` is the last one before `now_ms`, today or yesterday. Times without a zone are in `zone`.
///
/// # Errors
///
/// The text has none of the forms; the message lists them.
pub(super) fn parse(text: &str, now_ms: i64, zone: &TimeZone) -> Result<i64, String> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return since_1970(text);
    }
    let time_ms = instant(text, zone).or_else(|| clock_time(text, now_ms, zone));
    let time_ms = time_ms.or_else(|| ago(text, now_ms));
    time_ms.ok_or_else(|| format!("{text:?} is not a time; write {FORMS}"))
}

fn since_1970(digits: &str) -> Result<i64, String> {
    match digits.parse::<i64>() {
        Ok(ms) if ms >= FIRST_MILLISECOND => Ok(ms),
        Ok(seconds) if seconds >= FIRST_SECOND => Ok(seconds * 1000),
        Ok(_) => Err(format!("{digits:?} has no unit; write {digits}m, {digits}h or {digits}d")),
        Err(_) => Err(format!("{digits:?} is too large for a time")),
    }
}

/// Reads a date, a date with a time, or RFC 3339.
fn instant(text: &str, zone: &TimeZone) -> Option<i64> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time.as_millisecond());
    }
    let time = text.parse::<DateTime>().ok()?.to_zoned(zone.clone()).ok()?;
    Some(time.timestamp().as_millisecond())
}

/// Reads `14:00` or `14:00:30` as the last one that has passed.
fn clock_time(text: &str, now_ms: i64, zone: &TimeZone) -> Option<i64> {
    let time = text.contains(':').then(|| text.parse::<Time>().ok()).flatten()?;
    let now = Timestamp::from_millisecond(now_ms).ok()?.to_zoned(zone.clone());
    let today = now.datetime().date().to_datetime(time);
    let passed = if today > now.datetime() { today.checked_sub(1.day()).ok()? } else { today };
    Some(passed.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond())
}

/// Reads a duration before now, such as `90m`.
fn ago(text: &str, now_ms: i64) -> Option<i64> {
    Some(now_ms.saturating_sub(duration_ms(text)?).max(0))
}

/// Reads a duration such as `15m`, in milliseconds.
pub(super) fn duration_ms(text: &str) -> Option<i64> {
    let span: Span = text.trim().parse().ok()?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    i64::try_from(duration.as_millis()).ok().filter(|_| !duration.is_negative())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Thursday, 13:30:15.250 UTC.
    const NOW: &str = "2026-11-19T13:30:15.250Z";

    fn read(text: &str) -> Result<String, String> {
        let now_ms = NOW.parse::<Timestamp>().unwrap().as_millisecond();
        let time_ms = parse(text, now_ms, &TimeZone::UTC)?;
        Ok(Timestamp::from_millisecond(time_ms).unwrap().to_string())
    }

    #[test]
    fn each_form_is_read_as_the_time_that_a_person_means() {
        for (text, time) in [
            ("90m", "2026-11-19T12:00:15.25Z"),
            ("24h", "2026-11-18T13:30:15.25Z"),
            ("7d", "2026-11-12T13:30:15.25Z"),
            ("1h 30m", "2026-11-19T12:00:15.25Z"),
            ("1.5h", "2026-11-19T12:00:15.25Z"),
            ("0s", "2026-11-19T13:30:15.25Z"),
            ("100000d", "1970-01-01T00:00:00Z"),
            // The last one that has passed.
            ("13:30", "2026-11-19T13:30:00Z"),
            ("13:30:15", "2026-11-19T13:30:15Z"),
            ("13:31", "2026-11-18T13:31:00Z"),
            ("14:00", "2026-11-18T14:00:00Z"),
            ("00:00", "2026-11-19T00:00:00Z"),
            ("2026-11-19", "2026-11-19T00:00:00Z"),
            ("2026-11-20", "2026-11-20T00:00:00Z"),
            ("2026-11-19 14:00", "2026-11-19T14:00:00Z"),
            ("2026-11-19T14:00", "2026-11-19T14:00:00Z"),
            (" 2026-11-19 14:00:05.5 ", "2026-11-19T14:00:05.5Z"),
            ("2026-11-19T14:00:00Z", "2026-11-19T14:00:00Z"),
            ("2026-11-19t14:00:00z", "2026-11-19T14:00:00Z"),
            ("2026-11-19T14:00Z", "2026-11-19T14:00:00Z"),
            ("2026-11-19 14:00+01:00", "2026-11-19T13:00:00Z"),
            ("2026-11-19T14:00:00-05:00", "2026-11-19T19:00:00Z"),
            ("1795096800", "2026-11-19T14:00:00Z"),
            ("1795096800000", "2026-11-19T14:00:00Z"),
            ("1795096800250", "2026-11-19T14:00:00.25Z"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(time), "{text}");
        }
    }

    #[test]
    fn times_without_a_zone_are_of_the_given_one() {
        let now_ms = NOW.parse::<Timestamp>().unwrap().as_millisecond();
        let zone = TimeZone::fixed(jiff::tz::offset(-5));
        for (text, time) in [
            ("90m", "2026-11-19T12:00:15.25Z"),
            // It is 08:30 there.
            ("08:30", "2026-11-19T13:30:00Z"),
            ("13:30", "2026-11-18T18:30:00Z"),
            ("2026-11-19", "2026-11-19T05:00:00Z"),
            ("2026-11-19 14:00", "2026-11-19T19:00:00Z"),
            ("2026-11-19T14:00:00Z", "2026-11-19T14:00:00Z"),
            ("1795096800", "2026-11-19T14:00:00Z"),
        ] {
            let time_ms = parse(text, now_ms, &zone).unwrap();
            let read = Timestamp::from_millisecond(time_ms).unwrap().to_string();
            assert_eq!(read, time, "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused_with_the_forms_that_count() {
        for text in [
            "",
            "yesterday",
            "-3h",
            "25:00",
            "14:00Z",
            "2026-13-01",
            "2026-11-19 25:00",
            "1mo",
            "14h00",
            "2026-11",
        ] {
            let refused = read(text).unwrap_err();
            assert!(refused.contains("is not a time; write how long ago"), "{text}: {refused}");
        }
        assert_eq!(read("24").unwrap_err(), "\"24\" has no unit; write 24m, 24h or 24d");
        assert!(read("99999999999999999999").unwrap_err().contains("too large"));
    }
}
