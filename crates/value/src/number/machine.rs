//! Numbers from machine integers and floats, and to them.

use dashu_base::{BitTest, Sign};
use dashu_int::{IBig, UBig};

use super::{Number, PRECISION, Repr};

/// Bits of mantissa of a number made from a machine integer.
const INTEGER_PRECISION: u16 = 64;
/// Bits of mantissa of a number made from a 64-bit float.
const FLOAT_PRECISION: u16 = 53;
impl Number {
    /// As a machine integer, if it is one exactly.
    pub fn to_i64(&self) -> Option<i64> {
        match &self.repr {
            Repr::Small(value) => Some(*value),
            Repr::NegativeZero => Some(0),
            _ => None,
        }
    }

    /// As an unsigned machine integer, if it is one exactly.
    pub fn to_u64(&self) -> Option<u64> {
        match &self.repr {
            Repr::Small(value) => u64::try_from(*value).ok(),
            Repr::NegativeZero => Some(0),
            Repr::Big(big) if (0..64).contains(&big.exponent) => {
                u64::try_from(big.mantissa.clone() << (big.exponent as usize)).ok()
            }
            _ => None,
        }
    }

    /// As an unsigned index or count, if it is one exactly.
    pub fn to_usize(&self) -> Option<usize> {
        self.to_u64().and_then(|value| usize::try_from(value).ok())
    }

    /// The nearest 64-bit float; infinite beyond its range.
    pub fn to_f64(&self) -> f64 {
        let infinite = |negative: bool| {
            if negative {
                f64::NEG_INFINITY
            } else {
                f64::INFINITY
            }
        };
        match &self.repr {
            Repr::Small(value) => *value as f64,
            Repr::NegativeZero => -0.0,
            Repr::Infinite(sign) => infinite(*sign == Sign::Negative),
            Repr::Big(big) => {
                // The standard library rounds decimal text correctly, subnormals too.
                let bits = i64::try_from(big.mantissa.bit_len()).unwrap_or(i64::MAX);
                let places = big.exponent.saturating_add(bits);
                if places > 1100 {
                    return infinite(self.is_negative());
                }
                if places < -1200 {
                    return 0.0;
                }
                let exact = Number {
                    repr: self.repr.clone(),
                    precision: PRECISION,
                };
                exact.to_string().parse().unwrap_or(0.0)
            }
        }
    }
}

macro_rules! from_integers {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Number {
            fn from(value: $integer) -> Number {
                match i64::try_from(value) {
                    Ok(small) => Number {
                        repr: Repr::Small(small),
                        precision: INTEGER_PRECISION,
                    },
                    Err(_) => Number::rounded(IBig::from(value), 0, INTEGER_PRECISION, false),
                }
            }
        }
    )*};
}

from_integers!(i32, u32, i64, u64, usize);

impl From<f64> for Number {
    /// Not-a-number becomes zero: callers that can meet it check before.
    fn from(value: f64) -> Number {
        if value.is_infinite() {
            return if value > 0.0 {
                Number::INFINITY
            } else {
                Number::NEG_INFINITY
            };
        }
        if value.is_nan() {
            return Number::ZERO;
        }
        let bits = value.to_bits();
        let fraction = bits & ((1 << 52) - 1);
        let stored = ((bits >> 52) & 0x7ff) as i64;
        let (mantissa, exponent) = if stored == 0 {
            (fraction, -1074)
        } else {
            (fraction | (1 << 52), stored - 1075)
        };
        let sign = if value.is_sign_negative() {
            Sign::Negative
        } else {
            Sign::Positive
        };
        Number::exact(sign, UBig::from(mantissa), exponent, FLOAT_PRECISION)
    }
}
