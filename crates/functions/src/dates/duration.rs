//! Durations such as `1h30m` or `-1.5s`.

/// The duration in nanoseconds.
pub(super) fn parse(given: &str) -> Result<i128, String> {
    let quoted = || crate::strings::quoted(given);
    let invalid = || format!("time: invalid duration {}", quoted());
    let (negative, mut rest) = match given.as_bytes().first() {
        Some(b'-') => (true, &given[1..]),
        Some(b'+') => (false, &given[1..]),
        _ => (false, given),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let whole = digits(rest);
        let after = &rest[whole.len()..];
        let fraction = after.strip_prefix('.').map(digits);
        let after = match fraction {
            Some(fraction) => &after[1 + fraction.len()..],
            None => after,
        };
        if whole.is_empty() && fraction.is_none_or(str::is_empty) {
            return Err(invalid());
        }
        let unit_length = after
            .find(|c: char| c == '.' || c.is_ascii_digit())
            .unwrap_or(after.len());
        let unit = &after[..unit_length];
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration {}", quoted()));
        }
        let scale: i128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => {
                return Err(format!(
                    "time: unknown unit {} in duration {}",
                    crate::strings::quoted(unit),
                    quoted()
                ));
            }
        };
        let amount: i128 = if whole.is_empty() {
            0
        } else {
            whole.parse::<i64>().map_err(|_| invalid())?.into()
        };
        total += amount * scale;
        let mut worth = scale;
        for digit in fraction.unwrap_or_default().bytes().take(18) {
            total += i128::from(digit - b'0') * worth / 10;
            worth /= 10;
        }
        if total > i128::from(i64::MAX) {
            return Err(invalid());
        }
        rest = &after[unit_length..];
    }
    Ok(if negative { -total } else { total })
}

fn digits(text: &str) -> &str {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    &text[..end]
}
