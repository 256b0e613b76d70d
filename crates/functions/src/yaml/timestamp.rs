//! The times that a plain scalar of YAML may be.

/// The text of a time in RFC 3339 with whole seconds, where the scalar is one: a date alone, a date and a time with a
/// blank between them and no zone, or with a `T` and a zone. Fields may lack their leading zero.
pub(super) fn read(text: &str) -> Option<String> {
    let year_length = text.chars().take_while(char::is_ascii_digit).count();
    if year_length != 4 {
        return None;
    }
    let (year, rest) = text.split_at(4);
    let (month, rest) = field(rest.strip_prefix('-')?)?;
    let (day, rest) = field(rest.strip_prefix('-')?)?;
    let year_number: u32 = year.parse().ok()?;
    if !(1..=12).contains(&month) || day == 0 || day > days(year_number, month) {
        return None;
    }
    let date = format!("{year}-{month:02}-{day:02}");
    if rest.is_empty() {
        return Some(format!("{date}T00:00:00Z"));
    }
    if let Some(rest) = rest.strip_prefix(' ') {
        let (clock, rest) = time(rest.trim_start_matches(' '))?;
        return rest.is_empty().then(|| format!("{date}T{clock}Z"));
    }
    let (clock, rest) = time(rest.strip_prefix(['T', 't'])?)?;
    Some(format!("{date}T{clock}{}", zone(rest)?))
}

/// One or two digits.
fn field(text: &str) -> Option<(u32, &str)> {
    let length = text
        .chars()
        .take(2)
        .take_while(char::is_ascii_digit)
        .count();
    let (digits, rest) = text.split_at(length);
    Some((digits.parse().ok()?, rest))
}

/// Hours, minutes and seconds; a fraction is read and dropped.
fn time(text: &str) -> Option<(String, &str)> {
    let (hour, rest) = field(text)?;
    let (minute, rest) = field(rest.strip_prefix(':')?)?;
    let (second, mut rest) = field(rest.strip_prefix(':')?)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    if let Some(fraction) = rest.strip_prefix(['.', ',']) {
        let length = fraction.chars().take_while(char::is_ascii_digit).count();
        if length > 0 {
            rest = fraction.split_at(length).1;
        }
    }
    Some((format!("{hour:02}:{minute:02}:{second:02}"), rest))
}

fn zone(text: &str) -> Option<&str> {
    if text == "Z" {
        return Some(text);
    }
    let rest = text.strip_prefix(['+', '-'])?;
    let (hours, minutes) = rest.split_once(':')?;
    let number = |digits: &str| -> Option<u32> {
        let two = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
        if two { digits.parse().ok() } else { None }
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    if hours > 24 || minutes > 60 {
        return None;
    }
    Some(if hours == 0 && minutes == 0 {
        "Z"
    } else {
        text
    })
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
