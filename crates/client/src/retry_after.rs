//! `Retry-After`, in all forms that were seen.

use std::time::{Duration, SystemTime};

/// How long `Retry-After` asks to wait: seconds, with a fraction or without, or an HTTP date.
/// Anything else says nothing.
pub(crate) fn parse(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if value
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.')
    {
        let seconds: f64 = value.parse().ok()?;
        // A value beyond all time is as good as the longest.
        return Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    //! One line a form.
    use super::*;

    #[test]
    fn every_form_is_read_and_garbage_says_nothing() {
        // 2026-11-21 12:00:00 UTC
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_262_400);
        for (value, expected) in [
            ("194", Some(194_000)),
            (" 1 ", Some(1_000)),
            ("0", Some(0)),
            ("0.25", Some(250)),
            ("Sat, 21 Nov 2026 12:01:30 GMT", Some(90_000)),
            ("Saturday, 21-Nov-26 12:01:30 GMT", Some(90_000)),
            ("Sat Nov 21 12:01:30 2026", Some(90_000)),
            ("Sat, 21 Nov 2026 11:00:00 GMT", Some(0)),
            ("rand(30),add(30)", None),
            ("-5", None),
            ("1e3", None),
            ("inf", None),
            ("NaN", None),
            ("", None),
            (".", None),
            ("1.2.3", None),
            ("5 minutes", None),
        ] {
            assert_eq!(
                parse(value, now),
                expected.map(Duration::from_millis),
                "{value:?}"
            );
        }
        assert_eq!(
            parse("99999999999999999999999999", now),
            Some(Duration::MAX)
        );
    }
}
