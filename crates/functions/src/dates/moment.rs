//! A point in time with the offset it was written in.

use std::fmt;

/// A point in time as it was written.
#[derive(Clone, Debug)]
pub(super) struct Moment {
    /// Seconds since 1970 on the clock of the offset.
    local: i64,
    /// Nanoseconds after that second.
    nanoseconds: u32,
    /// The offset from UTC in seconds.
    pub(super) offset: i64,
    /// Whether the offset was written as `Z`.
    pub(super) utc: bool,
}

/// The parts on the clock of the offset.
pub(super) struct Parts {
    pub(super) year: i64,
    pub(super) month: i64,
    pub(super) day: i64,
    /// From 0 for Sunday.
    pub(super) weekday: usize,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
}

/// Days from 1970-01-01 to a date; the year is thought to begin in March.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let month = (month + 9) % 12;
    let of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

const NOT_VALID: &str = "not a valid RFC3339 timestamp";

struct Reader<'a>(&'a str);

impl Reader<'_> {
    fn cannot(&self, what: &str) -> String {
        if self.0.is_empty() {
            format!("{NOT_VALID}: end of string before {what}")
        } else {
            format!("{NOT_VALID}: cannot use {:?} as {what}", self.0)
        }
    }

    fn number(&mut self, digits: usize, what: &str) -> Result<i64, String> {
        let taken = self
            .0
            .get(..digits)
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
            .ok_or_else(|| self.cannot(what))?;
        let value = taken.parse().map_err(|_| self.cannot(what))?;
        self.0 = &self.0[digits..];
        Ok(value)
    }

    fn within(&mut self, what: &str, low: i64, high: i64) -> Result<i64, String> {
        let value = self.number(2, what)?;
        if (low..=high).contains(&value) {
            return Ok(value);
        }
        Err(match what {
            "hour" | "minute" | "second" => {
                format!("{NOT_VALID}: {what} must be between {low} and {high} inclusive")
            }
            _ => self.cannot(what),
        })
    }

    fn sign(&mut self, wanted: char) -> Result<(), String> {
        if let Some(rest) = self.0.strip_prefix(wanted) {
            self.0 = rest;
            return Ok(());
        }
        Err(match wanted {
            'T' => format!("{NOT_VALID}: missing required time introducer 'T'"),
            _ if self.0.is_empty() => {
                format!("{NOT_VALID}: end of string where \"{wanted}\" is expected")
            }
            _ => format!(
                "{NOT_VALID}: found {:?} where \"{wanted}\" is expected",
                self.0
            ),
        })
    }
}

impl Moment {
    /// Reads RFC 3339; the error says what is wrong.
    pub(super) fn parse(text: &str) -> Result<Moment, String> {
        let mut reader = Reader(text);
        let year = reader.number(4, "year")?;
        reader.sign('-')?;
        let month = reader.within("month", 1, 12)?;
        reader.sign('-')?;
        let day = reader.number(2, "day of month")?;
        reader.sign('T')?;
        let hour = reader.within("hour", 0, 23)?;
        reader.sign(':')?;
        let minute = reader.within("minute", 0, 59)?;
        reader.sign(':')?;
        let second = reader.within("second", 0, 59)?;
        let mut nanoseconds = 0;
        if let Some(rest) = reader.0.strip_prefix('.') {
            let length = rest.bytes().take_while(u8::is_ascii_digit).count();
            if length == 0 {
                return Err(reader.cannot("timestamp segment"));
            }
            let digits = format!("{:0<9.9}", &rest[..length.min(9)]);
            nanoseconds = digits.parse().unwrap_or(0);
            reader.0 = &rest[length..];
        } else if reader.0.starts_with(',') {
            return Err(format!(
                "{NOT_VALID}: cannot use \",\" as timestamp segment"
            ));
        }
        if day < 1 || day > days_in(year, month) {
            return Err(format!("{NOT_VALID}: day out of range"));
        }
        let mut utc = false;
        let mut offset = 0;
        if let Some(rest) = reader.0.strip_prefix('Z') {
            reader.0 = rest;
            utc = true;
        } else {
            let bytes = reader.0.as_bytes();
            let digits = |at: usize| {
                reader
                    .0
                    .get(at..at + 2)
                    .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
                    .and_then(|text| text.parse::<i64>().ok())
            };
            let (Some(sign @ (b'+' | b'-')), Some(b':')) = (bytes.first(), bytes.get(3)) else {
                return Err(reader.cannot("UTC offset"));
            };
            let (Some(hours @ 0..=23), Some(minutes @ 0..=59)) = (digits(1), digits(4)) else {
                return Err(reader.cannot("UTC offset"));
            };
            offset = (hours * 60 + minutes) * 60 * if *sign == b'-' { -1 } else { 1 };
            reader.0 = &reader.0[6..];
        }
        if !reader.0.is_empty() {
            return Err(reader.cannot("timestamp segment"));
        }
        Ok(Moment {
            local: days_of(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second,
            nanoseconds,
            offset,
            utc,
        })
    }

    /// Nanoseconds since 1970 in UTC.
    pub(super) fn instant(&self) -> i128 {
        i128::from(self.local - self.offset) * 1_000_000_000 + i128::from(self.nanoseconds)
    }

    /// The moment so many nanoseconds later, on the same clock; `None` outside the years 0 to 9999.
    pub(super) fn moved(&self, nanoseconds: i128) -> Option<Moment> {
        let total =
            i128::from(self.local) * 1_000_000_000 + i128::from(self.nanoseconds) + nanoseconds;
        let moved = Moment {
            local: i64::try_from(total.div_euclid(1_000_000_000)).ok()?,
            nanoseconds: u32::try_from(total.rem_euclid(1_000_000_000)).ok()?,
            ..self.clone()
        };
        (0..=9999).contains(&moved.parts().year).then_some(moved)
    }

    pub(super) fn parts(&self) -> Parts {
        let days = self.local.div_euclid(86_400);
        let second = self.local.rem_euclid(86_400);
        let (year, month, day) = date_of(days);
        Parts {
            year,
            month,
            day,
            weekday: usize::try_from((days + 4).rem_euclid(7)).unwrap_or(0),
            hour: second / 3600,
            minute: second / 60 % 60,
            second: second % 60,
        }
    }

    /// The offset as `+hh:mm`, or with another separator.
    pub(super) fn offset_text(&self, separator: &str) -> String {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.abs() / 60;
        format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
    }
}

/// Writes RFC 3339 with whole seconds.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.parts();
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
            parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second
        )?;
        if self.utc || self.offset == 0 {
            f.write_str("Z")
        } else {
            f.write_str(&self.offset_text(":"))
        }
    }
}
