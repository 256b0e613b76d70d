//! Whole numbers: rounding to them, their digits in other bases.

use dashu_base::{BitTest, Sign};
use dashu_int::{IBig, UBig};

use super::{Number, PRECISION, Repr};

impl Number {
    /// The whole number below or equal.
    #[must_use]
    pub fn floor(&self) -> Number {
        self.to_whole(false, true)
    }

    /// The whole number above or equal.
    #[must_use]
    pub fn ceil(&self) -> Number {
        self.to_whole(true, false)
    }

    /// The whole number towards zero.
    #[must_use]
    pub fn trunc(&self) -> Number {
        self.to_whole(false, false)
    }

    /// Cuts the fraction off, then goes one up (a positive fraction) or down (a negative one).
    fn to_whole(&self, up: bool, down: bool) -> Number {
        match &self.repr {
            Repr::Big(big) if big.exponent < 0 => {
                let (sign, magnitude) = big.mantissa.clone().into_parts();
                let cut = usize::try_from(-big.exponent).unwrap_or(usize::MAX);
                let mut whole = if cut > magnitude.bit_len() {
                    UBig::ZERO
                } else {
                    magnitude >> cut
                };
                if (up && sign == Sign::Positive) || (down && sign == Sign::Negative) {
                    whole += UBig::ONE;
                }
                Number::rounded(IBig::from_parts(sign, whole), 0, self.precision, false)
            }
            Repr::NegativeZero => Number::signed_zero(false, self.precision),
            _ => self.clone(),
        }
    }

    /// The digits of a whole number in a base from 2 to 36, lower case, with a minus sign;
    /// `None` for fractions and infinities.
    pub fn to_radix(&self, base: u32) -> Option<String> {
        if !self.is_integer() || !(2..=36).contains(&base) {
            return None;
        }
        let (mantissa, exponent) = self.parts()?;
        let whole = mantissa << usize::try_from(exponent).ok()?;
        Some(whole.in_radix(u8::try_from(base).ok()?).to_string())
    }

    /// A whole number from digits in a base from 2 to 36 (an optional sign before), at 512 bits.
    pub fn from_radix(text: &str, base: u32) -> Option<Number> {
        if !(2..=36).contains(&base) || text.contains('_') || text.len() > 100_000 {
            return None;
        }
        let whole = IBig::from_str_radix(text, base).ok()?;
        Some(Number::rounded(whole, 0, PRECISION, false))
    }
}
