//! The patterns of `formatdate`.

use super::moment::Moment;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// The moment written after a pattern.
pub(super) fn written(pattern: &str, moment: &Moment) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        let length = if first == '\'' {
            let (text, length) = literal(rest)?;
            out.push_str(&text);
            length
        } else if first.is_ascii_alphabetic() {
            let length = rest.bytes().take_while(|byte| *byte == first as u8).count();
            out.push_str(&verb(&rest[..length], moment)?);
            length
        } else {
            out.push(first);
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    Ok(out)
}

/// A text in single quotes, a doubled quote standing for one; and how long it is as written.
fn literal(rest: &str) -> Result<(String, usize), String> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != '\'' {
            text.push(c);
        } else if chars.peek().is_some_and(|(_, next)| *next == '\'') {
            chars.next();
            text.push('\'');
        } else {
            return Ok((text, at + 1));
        }
    }
    Err("unterminated literal '".to_owned())
}

fn verb(verb: &str, moment: &Moment) -> Result<String, String> {
    let parts = moment.parts();
    let month = MONTHS[usize::try_from(parts.month - 1).unwrap_or(0) % 12];
    let day = DAYS[parts.weekday % 7];
    let twelve = match parts.hour % 12 {
        0 => 12,
        hour => hour,
    };
    let offset_without_colon = || moment.offset_text("");
    let refused = |why: &str| {
        let colon = if why.is_empty() { "" } else { ": " };
        Err(format!("invalid date format verb {verb:?}{colon}{why}"))
    };
    Ok(match verb {
        "YY" => format!("{:02}", parts.year % 100),
        "YYYY" => format!("{:04}", parts.year),
        "M" => parts.month.to_string(),
        "MM" => format!("{:02}", parts.month),
        "MMM" => month[..3].to_owned(),
        "MMMM" => month.to_owned(),
        "D" => parts.day.to_string(),
        "DD" => format!("{:02}", parts.day),
        "EEE" => day[..3].to_owned(),
        "EEEE" => day.to_owned(),
        "h" => parts.hour.to_string(),
        "hh" => format!("{:02}", parts.hour),
        "H" => twelve.to_string(),
        "HH" => format!("{twelve:02}"),
        "AA" => if parts.hour < 12 { "AM" } else { "PM" }.to_owned(),
        "aa" => if parts.hour < 12 { "am" } else { "pm" }.to_owned(),
        "m" => parts.minute.to_string(),
        "mm" => format!("{:02}", parts.minute),
        "s" => parts.second.to_string(),
        "ss" => format!("{:02}", parts.second),
        "Z" if moment.offset == 0 => "Z".to_owned(),
        "Z" | "ZZZZZ" => moment.offset_text(":"),
        "ZZZ" if moment.offset == 0 => "UTC".to_owned(),
        "ZZZ" | "ZZZZ" => offset_without_colon(),
        _ => {
            return refused(match verb.as_bytes()[0] {
                b'Y' => "year must either be \"YY\" or \"YYYY\"",
                b'M' => "month must be \"M\", \"MM\", \"MMM\", or \"MMMM\"",
                b'D' => "day of month must either be \"D\" or \"DD\"",
                b'E' => "day of week must either be \"EEE\" or \"EEEE\"",
                b'h' => "24-hour must either be \"h\" or \"hh\"",
                b'H' => "12-hour must either be \"H\" or \"HH\"",
                b'A' => "must be \"AA\"",
                b'a' => "must be \"aa\"",
                b'm' => "minute must either be \"m\" or \"mm\"",
                b's' => "second must either be \"s\" or \"ss\"",
                b'Z' => "timezone must be Z, ZZZZ, or ZZZZZ",
                _ => {
                    let letter = &verb[..1];
                    return Err(format!("invalid date format verb {letter:?}"));
                }
            });
        }
    })
}
