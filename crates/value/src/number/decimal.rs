//! Decimal digits: rounding them and laying them out.

use dashu_int::UBig;

/// `0.d1d2d3… * 10^point`, no trailing zeros; no digits at all is zero.
pub(super) struct Decimal {
    pub(super) negative: bool,
    pub(super) digits: Vec<u8>,
    pub(super) point: i64,
}

/// `magnitude * 2^exponent` as an integer and how many of its decimal digits are the fraction.
pub(super) fn scaled(magnitude: UBig, exponent: i64) -> (UBig, i64) {
    if exponent >= 0 {
        (magnitude << (exponent as usize), 0)
    } else {
        let places = exponent.unsigned_abs() as usize;
        (magnitude * UBig::from(5_u8).pow(places), -exponent)
    }
}

impl Decimal {
    pub(super) fn from_integer(negative: bool, whole: &UBig, fraction_digits: i64) -> Decimal {
        let mut digits = whole.to_string().into_bytes();
        let point = i64::try_from(digits.len()).unwrap_or(i64::MAX / 4) - fraction_digits;
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        let point = if digits.is_empty() { 0 } else { point };
        Decimal {
            negative,
            digits,
            point,
        }
    }

    pub(super) fn trim(&mut self) {
        while self.digits.last() == Some(&b'0') {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            self.point = 0;
        }
    }

    /// Rounds half to even to `keep` digits; below zero digits nothing is left.
    pub(super) fn round(&mut self, keep: i64) {
        let Ok(keep) = usize::try_from(keep) else {
            self.digits.clear();
            self.point = 0;
            return;
        };
        if keep >= self.digits.len() {
            return;
        }
        let up = if self.digits[keep] == b'5' && keep + 1 == self.digits.len() {
            keep > 0 && (self.digits[keep - 1] - b'0') % 2 == 1
        } else {
            self.digits[keep] >= b'5'
        };
        if up {
            self.raise(keep);
        } else {
            self.cut(keep);
        }
    }

    pub(super) fn cut(&mut self, keep: usize) {
        self.digits.truncate(keep);
        self.trim();
    }

    pub(super) fn raise(&mut self, keep: usize) {
        if keep >= self.digits.len() {
            return;
        }
        let mut keep = keep;
        while keep > 0 && self.digits[keep - 1] == b'9' {
            keep -= 1;
        }
        if keep == 0 {
            self.digits = vec![b'1'];
            self.point += 1;
            return;
        }
        self.digits[keep - 1] += 1;
        self.digits.truncate(keep);
    }

    pub(super) fn sign(&self, out: &mut String) {
        if self.negative {
            out.push('-');
        }
    }

    pub(super) fn digit(&self, position: i64) -> char {
        usize::try_from(position)
            .ok()
            .and_then(|position| self.digits.get(position))
            .map_or('0', |digit| char::from(*digit))
    }

    pub(super) fn fixed_form(&self, places: usize) -> String {
        let mut out = String::with_capacity(self.digits.len() + places + 4);
        self.sign(&mut out);
        if self.point > 0 {
            for position in 0..self.point {
                out.push(self.digit(position));
            }
        } else {
            out.push('0');
        }
        if places > 0 {
            out.push('.');
            for place in 0..i64::try_from(places).unwrap_or(i64::MAX) {
                out.push(self.digit(self.point + place));
            }
        }
        out
    }

    pub(super) fn exponent_form(&self, places: usize, letter: char) -> String {
        let mut out = String::new();
        self.sign(&mut out);
        out.push(self.digit(0));
        if places > 0 {
            out.push('.');
            for place in 0..i64::try_from(places).unwrap_or(i64::MAX) {
                out.push(self.digit(1 + place));
            }
        }
        let exponent = if self.digits.is_empty() {
            0
        } else {
            self.point - 1
        };
        out.push(letter);
        out.push(if exponent < 0 { '-' } else { '+' });
        let exponent = exponent.unsigned_abs();
        if exponent < 10 {
            out.push('0');
        }
        out.push_str(&exponent.to_string());
        out
    }
}
