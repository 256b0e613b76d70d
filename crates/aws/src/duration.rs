//! Lengths of time as configurations write them: numbers with units, such as `1h30m`, `90s` or `1.5h`.

/// Nanoseconds of each unit.
const UNITS: [(&str, f64); 8] = [
    ("ns", 1.0),
    ("us", 1e3),
    ("µs", 1e3),
    ("μs", 1e3),
    ("ms", 1e6),
    ("s", 1e9),
    ("m", 60e9),
    ("h", 3600e9),
];

/// The nanoseconds that a text stands for, perhaps below zero.
///
/// # Errors
/// Why the text stands for none, in the words that Terraform's users know (Go's).
pub fn parse_duration(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {text:?}");
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let is_number = |c: char| c.is_ascii_digit() || c == '.';
    let mut total = 0.0_f64;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_number(c)).unwrap_or(rest.len());
        let number = &rest[..end];
        // A point needs a digit on one of its sides.
        let amount: f64 = match number.trim_matches('.').is_empty() {
            true => return Err(invalid()),
            false => number.parse().map_err(|_| invalid())?,
        };
        rest = &rest[end..];
        let end = rest.find(is_number).unwrap_or(rest.len());
        let unit = &rest[..end];
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration {text:?}"));
        }
        let Some((_, size)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            return Err(format!("time: unknown unit {unit:?} in duration {text:?}"));
        };
        total += amount * size;
        rest = &rest[end..];
    }
    // Two to the 63rd is where 64 bits end.
    if total >= 9_223_372_036_854_775_808.0 {
        return Err(invalid());
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the bound above; fractions of a nanosecond are dropped"
    )]
    let nanoseconds = total as i64;
    Ok(if negative { -nanoseconds } else { nanoseconds })
}

/// A length of time as Terraform's messages show it: `1h30m0s`, `10m0s`, `14m59.5s`, `500ms`.
pub fn show_duration(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let all = nanoseconds.unsigned_abs();
    let with_fraction = |unit: u64, name: &str| {
        let digits = unit.ilog10() as usize;
        let mut text = format!("{}", all / unit);
        let fraction = format!("{:0digits$}", all % unit);
        let fraction = fraction.trim_end_matches('0');
        if digits > 0 && !fraction.is_empty() {
            text = format!("{text}.{fraction}");
        }
        format!("{sign}{text}{name}")
    };
    match all {
        0 => return "0s".to_owned(),
        1..1_000 => return format!("{sign}{all}ns"),
        1_000..1_000_000 => return with_fraction(1_000, "µs"),
        1_000_000..1_000_000_000 => return with_fraction(1_000_000, "ms"),
        _ => {}
    }
    let seconds = all / 1_000_000_000;
    let fraction = format!("{:09}", all % 1_000_000_000);
    let fraction = match fraction.trim_end_matches('0') {
        "" => String::new(),
        digits => format!(".{digits}"),
    };
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    let mut text = sign.to_owned();
    if hours > 0 {
        text.push_str(&format!("{hours}h"));
    }
    if hours > 0 || minutes > 0 {
        text.push_str(&format!("{minutes}m"));
    }
    text.push_str(&format!("{}{fraction}s", seconds % 60));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    #[test]
    fn lengths_of_time_are_read_and_shown() {
        for (text, nanoseconds, shown) in [
            ("1h30m", 5400 * SECOND, "1h30m0s"),
            ("1.5h", 5400 * SECOND, "1h30m0s"),
            ("90s", 90 * SECOND, "1m30s"),
            (".5h", 1800 * SECOND, "30m0s"),
            ("1.h", 3600 * SECOND, "1h0m0s"),
            ("+15m", 900 * SECOND, "15m0s"),
            ("-1h", -3600 * SECOND, "-1h0m0s"),
            ("14m59.5s", 899 * SECOND + SECOND / 2, "14m59.5s"),
            ("0", 0, "0s"),
            ("-0", 0, "0s"),
            ("500ms", SECOND / 2, "500ms"),
            ("1500us", 1_500_000, "1.5ms"),
            ("3µs", 3_000, "3µs"),
            ("7ns", 7, "7ns"),
        ] {
            assert_eq!(parse_duration(text), Ok(nanoseconds), "{text}");
            assert_eq!(show_duration(nanoseconds), shown);
        }
    }

    #[test]
    fn what_is_wrong_with_a_length_is_said() {
        for (text, why) in [
            ("", "time: invalid duration \"\""),
            ("x", "time: invalid duration \"x\""),
            ("h", "time: invalid duration \"h\""),
            (".h", "time: invalid duration \".h\""),
            (" 1h", "time: invalid duration \" 1h\""),
            ("1.2.3h", "time: invalid duration \"1.2.3h\""),
            ("99999999999h", "time: invalid duration \"99999999999h\""),
            ("3600", "time: missing unit in duration \"3600\""),
            ("1h5", "time: missing unit in duration \"1h5\""),
            ("1x", "time: unknown unit \"x\" in duration \"1x\""),
            ("1h-5m", "time: unknown unit \"h-\" in duration \"1h-5m\""),
        ] {
            assert_eq!(parse_duration(text).err().as_deref(), Some(why));
        }
    }
}
