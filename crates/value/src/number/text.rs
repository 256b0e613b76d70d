//! Numbers from decimal text and to it.

use std::fmt;
use std::str::FromStr;

use dashu_base::{BitTest, DivRem, Sign};
use dashu_int::{IBig, UBig};

use super::decimal::{Decimal, scaled};
use super::{MAX_EXPONENT, Number, NumberError, PRECISION, Repr};

/// Decimal places beyond which a text is refused before any work is done for it.
const MAX_DECIMAL_PLACES: i64 = MAX_EXPONENT * 3 / 10;

impl Number {
    /// Reads decimal text: sign, digits with an optional point, optional exponent; also `Inf` with
    /// a sign. No spaces, no `_`, no hexadecimal. The result is rounded to 512 bits.
    pub fn parse(text: &str) -> Result<Number, NumberError> {
        let bytes = text.as_bytes();
        if bytes.len() <= 18
            && let Some(small) = small_integer(bytes)
            && (small != 0 || bytes[0] != b'-')
        {
            return Ok(Number {
                repr: Repr::Small(small),
                precision: PRECISION,
            });
        }
        let (negative, unsigned) = match bytes.first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let sign = if negative {
            Sign::Negative
        } else {
            Sign::Positive
        };
        if unsigned == "Inf" || unsigned == "inf" {
            return Ok(if negative {
                Number::NEG_INFINITY
            } else {
                Number::INFINITY
            });
        }
        let digits_end = unsigned
            .bytes()
            .position(|byte| !(byte.is_ascii_digit() || byte == b'.'))
            .unwrap_or(unsigned.len());
        let (mantissa, exponent_text) = unsigned.split_at(digits_end);
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
            return Err(NumberError::NotANumber);
        }
        let (decimal_exponent, binary_exponent) = match exponent_text.as_bytes().first() {
            None => (0, 0),
            Some(b'e' | b'E') => (exponent_value(&exponent_text[1..])?, 0),
            Some(b'p' | b'P') => (0, exponent_value(&exponent_text[1..])?),
            Some(_) => return Err(NumberError::NotANumber),
        };
        let mut digits = String::with_capacity(mantissa.len());
        digits.push_str(whole);
        digits.push_str(fraction.trim_end_matches('0'));
        let fraction_places = fraction.trim_end_matches('0').len();
        let digits = digits.trim_start_matches('0');
        if digits.is_empty() {
            return Ok(Number::signed_zero(negative, PRECISION));
        }
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX / 4);
        let exponent = decimal_exponent - count(fraction_places);
        let places = exponent + count(digits.len());
        if places.abs() > MAX_DECIMAL_PLACES
            || exponent.abs() > MAX_DECIMAL_PLACES * 2
            || binary_exponent.abs() > MAX_EXPONENT
        {
            return Err(NumberError::OutOfRange);
        }
        let magnitude = UBig::from_str_radix(digits, 10).map_err(|_| NumberError::NotANumber)?;
        Ok(from_decimal(sign, magnitude, exponent, binary_exponent))
    }

    /// Formats as C's `printf` does with verb `e`, `E`, `f`, `F`, `g` or `G`; without a precision
    /// with the fewest digits that read back. Other verbs are taken as `f`.
    pub fn format(&self, verb: char, precision: Option<usize>) -> String {
        if let Repr::Infinite(sign) = &self.repr {
            return if *sign == Sign::Negative {
                "-Inf".into()
            } else {
                "+Inf".into()
            };
        }
        let exponent_letter = if verb.is_ascii_uppercase() { 'E' } else { 'e' };
        let (mut decimal, precision, shortest) = match precision {
            None => {
                let decimal = self.shortest_decimal();
                let digits = decimal.digits.len();
                let precision = match verb {
                    'e' | 'E' => digits.saturating_sub(1),
                    'g' | 'G' => digits,
                    _ => usize::try_from(i64::try_from(digits).unwrap_or(i64::MAX) - decimal.point)
                        .unwrap_or(0),
                };
                (decimal, precision, true)
            }
            Some(precision) => (self.exact_decimal(), precision, false),
        };
        let wide = |n: usize| i64::try_from(n).unwrap_or(i64::MAX / 4);
        match verb {
            'e' | 'E' => {
                if !shortest {
                    decimal.round(wide(precision) + 1);
                }
                decimal.exponent_form(precision, exponent_letter)
            }
            'g' | 'G' => {
                let mut precision = precision;
                if !shortest {
                    precision = precision.max(1);
                    decimal.round(wide(precision));
                }
                let count = decimal.digits.len();
                let mut limit = wide(precision);
                if precision > count && wide(count) >= decimal.point {
                    limit = wide(count);
                }
                if shortest {
                    limit = 6;
                }
                let exponent = decimal.point - 1;
                if exponent < -4 || exponent >= limit {
                    let digits = precision.min(count).saturating_sub(1);
                    return decimal.exponent_form(digits, exponent_letter);
                }
                if wide(precision) > decimal.point {
                    precision = count;
                }
                let places = usize::try_from(wide(precision) - decimal.point).unwrap_or(0);
                decimal.fixed_form(places)
            }
            _ => {
                if !shortest {
                    let keep = decimal.point + wide(precision);
                    decimal.round(keep);
                }
                decimal.fixed_form(precision)
            }
        }
    }

    /// All digits of the number.
    fn exact_decimal(&self) -> Decimal {
        let (mantissa, exponent) = self.parts().unwrap_or((IBig::ZERO, 0));
        let magnitude = Number::magnitude(&mantissa);
        let (whole, point) = scaled(magnitude, exponent);
        Decimal::from_integer(self.has_minus_sign(), &whole, point)
    }

    /// The fewest digits that lie nearer to this number than to its neighbours at its precision.
    fn shortest_decimal(&self) -> Decimal {
        let (mantissa, exponent) = self.parts().unwrap_or((IBig::ZERO, 0));
        let negative = self.has_minus_sign();
        let magnitude = Number::magnitude(&mantissa);
        if magnitude.is_zero() {
            return Decimal {
                negative,
                digits: Vec::new(),
                point: 0,
            };
        }
        // One bit more than the mantissa has: a step of one is half the distance to a neighbour.
        let bits = magnitude.bit_len();
        let wanted = usize::from(self.precision) + 1;
        let shift = |bits: usize| i64::try_from(bits).unwrap_or(i64::MAX / 4);
        let (middle, exponent) = if bits > wanted {
            // Only zeros are shifted out: the number fits its precision.
            (
                magnitude >> (bits - wanted),
                exponent + shift(bits - wanted),
            )
        } else {
            (
                magnitude << (wanted - bits),
                exponent - shift(wanted - bits),
            )
        };
        let inclusive = !middle.bit(1);
        let (lower, lower_point) = scaled(&middle - UBig::ONE, exponent);
        let (upper, upper_point) = scaled(&middle + UBig::ONE, exponent);
        let (middle, middle_point) = scaled(middle, exponent);
        let lower = Decimal::from_integer(negative, &lower, lower_point);
        let upper = Decimal::from_integer(negative, &upper, upper_point);
        let mut decimal = Decimal::from_integer(negative, &middle, middle_point);
        for position in 0..decimal.digits.len() {
            let digit = decimal.digits[position];
            let low = lower.digits.get(position).copied().unwrap_or(b'0');
            let high = upper.digits.get(position).copied().unwrap_or(b'0');
            let may_cut = low != digit || (inclusive && position + 1 == lower.digits.len());
            let may_raise = digit != high
                && (inclusive || digit + 1 < high || position + 1 < upper.digits.len());
            let keep = position + 1;
            match (may_cut, may_raise) {
                (true, true) => {
                    decimal.round(i64::try_from(keep).unwrap_or(i64::MAX));
                    break;
                }
                (true, false) => {
                    decimal.cut(keep);
                    break;
                }
                (false, true) => {
                    decimal.raise(keep);
                    break;
                }
                (false, false) => {}
            }
        }
        decimal
    }
}

/// A short plain integer, the usual case.
fn small_integer(bytes: &[u8]) -> Option<i64> {
    let (negative, digits) = match bytes.split_first()? {
        (b'-', rest) => (true, rest),
        _ => (false, bytes),
    };
    if digits.is_empty() {
        return None;
    }
    let mut value = 0_i64;
    for byte in digits {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i64::from(byte - b'0');
    }
    Some(if negative { -value } else { value })
}

fn exponent_value(text: &str) -> Result<i64, NumberError> {
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberError::NotANumber);
    }
    let digits = digits.trim_start_matches('0');
    if digits.len() > 15 {
        return Err(NumberError::OutOfRange);
    }
    let value: i64 = if digits.is_empty() {
        0
    } else {
        digits.parse().map_err(|_| NumberError::OutOfRange)?
    };
    Ok(if negative { -value } else { value })
}

fn from_decimal(sign: Sign, magnitude: UBig, exponent: i64, binary: i64) -> Number {
    if exponent >= 0 {
        let power = UBig::from(5_u8).pow(exponent as usize);
        return Number::rounded(
            IBig::from_parts(sign, magnitude * power),
            exponent + binary,
            PRECISION,
            false,
        );
    }
    let places = exponent.unsigned_abs() as usize;
    let power = UBig::from(5_u8).pow(places);
    let shift = (usize::from(PRECISION) + 2 + power.bit_len()).saturating_sub(magnitude.bit_len());
    let (quotient, remainder) = (magnitude << shift).div_rem(&power);
    Number::rounded(
        IBig::from_parts(sign, quotient),
        exponent + binary - i64::try_from(shift).unwrap_or(i64::MAX / 4),
        PRECISION,
        !remainder.is_zero(),
    )
}

/// The shortest decimal text that reads back, never with an exponent; `+Inf`, `-Inf`.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Repr::Small(value) = self.repr
            && (self.precision >= 64 || value.unsigned_abs() < 1_u64 << self.precision.min(63))
        {
            return write!(f, "{value}");
        }
        f.write_str(&self.format('f', None))
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Number {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Number, NumberError> {
        Number::parse(text)
    }
}
