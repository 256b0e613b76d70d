//! Points in time as configurations and states write them: RFC 3339.

use jiff::Timestamp;

/// The seconds since 1970 of a time such as `2024-01-31T12:00:00Z`; `None` for any other text.
pub(crate) fn read(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    // What jiff reads beside it is not RFC 3339: dates alone, blanks for the T.
    let shaped = bytes.len() >= 20 && matches!(bytes.get(10), Some(b'T'));
    let time: Timestamp = text.parse().ok().filter(|_| shaped)?;
    Some(time.as_nanosecond() as f64 / 1e9)
}

/// The time in UTC, to the second: `2024-01-31T12:00:00Z`. `None` far outside the calendar.
pub(crate) fn write(seconds: f64) -> Option<String> {
    let time = Timestamp::from_second(seconds.floor() as i64).ok()?;
    Some(time.to_string())
}

#[cfg(test)]
mod tests {
    use super::{read, write};

    #[test]
    fn times_are_read_and_written() {
        assert_eq!(read("1970-01-01T00:01:00Z"), Some(60.0));
        assert_eq!(read("1970-01-01T01:00:30.5+01:00"), Some(30.5));
        for bad in [
            "",
            "1970-01-01",
            "1970-01-01 00:01:00Z",
            "yesterday",
            "1970-01-01T00:01:00",
        ] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
        assert_eq!(write(60.9).as_deref(), Some("1970-01-01T00:01:00Z"));
        assert_eq!(write(f64::MAX), None);
    }
}
