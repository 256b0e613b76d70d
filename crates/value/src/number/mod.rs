//! Numbers: binary floats with a mantissa of 512 bits, rounded half to even.

mod arithmetic;
mod decimal;
mod machine;
mod text;
mod whole;

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use dashu_base::{Abs, BitTest, Sign, Signed};
use dashu_int::{IBig, UBig};

/// Bits of mantissa of a number read from text.
pub(crate) const PRECISION: u16 = 512;
/// Numbers of this many binary places before (or after) the point are the largest (smallest) that
/// are kept, about 1e±75000: larger results are infinite, smaller ones zero. Far beyond what any
/// AWS field takes, and small enough that printing every digit stays cheap.
pub(crate) const MAX_EXPONENT: i64 = 250_000;

/// A number. Comparison, equality and hashing go by numeric value alone.
///
/// A number remembers the bits of mantissa it was made with, as its printing depends on them:
/// text gives 512, a machine integer 64, a 64-bit float 53 (`pow(2, 70)` prints as
/// `1180591620717411300000`). Results of arithmetic have the larger of their operands'.
#[derive(Clone)]
pub struct Number {
    repr: Repr,
    precision: u16,
}

#[derive(Clone)]
enum Repr {
    /// Every integer that fits.
    Small(i64),
    /// Zero with a minus sign: equal to zero, but printed with its sign and the inverse of -∞.
    NegativeZero,
    /// Everything else that is finite.
    Big(Arc<Big>),
    /// Infinity with its sign.
    Infinite(Sign),
}

/// `mantissa * 2^exponent` with an odd mantissa.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Big {
    pub(crate) mantissa: IBig,
    pub(crate) exponent: i64,
}

/// Why a text is not a number, or an operation has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not decimal number syntax.
    #[error("a number is required")]
    NotANumber,
    /// Beyond what is kept (more than about 75,000 decimal places).
    #[error("number is too large or too small")]
    OutOfRange,
    /// `∞ - ∞`.
    #[error("can't subtract infinity from itself")]
    InfinityMinusInfinity,
    /// `∞ + -∞`.
    #[error("can't compute sum of opposing infinities")]
    OpposingInfinities,
    /// `0 * ∞`.
    #[error("can't multiply zero by infinity")]
    ZeroTimesInfinity,
    /// `0/0` or `∞/∞`.
    #[error("can't divide zero by zero or infinity by infinity")]
    UndefinedQuotient,
    /// `0 % ∞`, `∞ % 0`, `x % ∞` for a finite x.
    #[error("can't use modulo with zero and infinity")]
    UndefinedRemainder,
}

impl Number {
    /// Zero.
    pub const ZERO: Number = Number {
        repr: Repr::Small(0),
        precision: PRECISION,
    };
    /// One.
    pub const ONE: Number = Number {
        repr: Repr::Small(1),
        precision: PRECISION,
    };
    /// +∞, as `1 / 0` gives.
    pub const INFINITY: Number = Number {
        repr: Repr::Infinite(Sign::Positive),
        precision: PRECISION,
    };
    /// -∞.
    pub const NEG_INFINITY: Number = Number {
        repr: Repr::Infinite(Sign::Negative),
        precision: PRECISION,
    };

    /// The number nearest to `mantissa * 2^exponent`; `sticky` says that a little more (away from
    /// zero) was cut off below the last bit.
    fn rounded(mantissa: IBig, exponent: i64, precision: u16, sticky: bool) -> Number {
        let (sign, mut magnitude) = mantissa.into_parts();
        let mut exponent = exponent;
        let bits = magnitude.bit_len();
        if bits == 0 {
            return Number {
                repr: Repr::Small(0),
                precision,
            };
        }
        let keep = usize::from(precision);
        if bits > keep {
            let cut = bits - keep;
            let half = magnitude.bit(cut - 1);
            let below = sticky
                || magnitude
                    .trailing_zeros()
                    .is_some_and(|zeros| zeros < cut - 1);
            magnitude >>= cut;
            exponent += i64::try_from(cut).unwrap_or(i64::MAX / 2);
            if half && (below || magnitude.bit(0)) {
                magnitude += UBig::ONE;
            }
        }
        Number::exact(sign, magnitude, exponent, precision)
    }

    fn exact(sign: Sign, magnitude: UBig, exponent: i64, precision: u16) -> Number {
        let zeros = magnitude.trailing_zeros().unwrap_or(0);
        let (magnitude, exponent) = if zeros > 0 {
            (
                magnitude >> zeros,
                exponent.saturating_add(i64::try_from(zeros).unwrap_or(i64::MAX)),
            )
        } else {
            (magnitude, exponent)
        };
        if magnitude.is_zero() {
            return Number::signed_zero(sign == Sign::Negative, precision);
        }
        let bits = i64::try_from(magnitude.bit_len()).unwrap_or(i64::MAX);
        let places = exponent.saturating_add(bits);
        if places > MAX_EXPONENT {
            return Number {
                repr: Repr::Infinite(sign),
                precision,
            };
        }
        if places < -MAX_EXPONENT {
            return Number::signed_zero(sign == Sign::Negative, precision);
        }
        if (0..64).contains(&exponent)
            && places <= 64
            && let Ok(small) = i64::try_from(IBig::from_parts(
                sign,
                magnitude.clone() << (exponent as usize),
            ))
        {
            return Number {
                repr: Repr::Small(small),
                precision,
            };
        }
        Number {
            repr: Repr::Big(Arc::new(Big {
                mantissa: IBig::from_parts(sign, magnitude),
                exponent,
            })),
            precision,
        }
    }

    /// Zero with a sign.
    fn signed_zero(negative: bool, precision: u16) -> Number {
        let repr = if negative {
            Repr::NegativeZero
        } else {
            Repr::Small(0)
        };
        Number { repr, precision }
    }

    /// Whether it is written with a minus sign: below zero, or the negative zero.
    pub fn has_minus_sign(&self) -> bool {
        self.is_negative() || matches!(self.repr, Repr::NegativeZero)
    }

    /// `mantissa * 2^exponent`, if finite.
    fn parts(&self) -> Option<(IBig, i64)> {
        match &self.repr {
            Repr::Small(value) => Some((IBig::from(*value), 0)),
            Repr::NegativeZero => Some((IBig::ZERO, 0)),
            Repr::Big(big) => Some((big.mantissa.clone(), big.exponent)),
            Repr::Infinite(_) => None,
        }
    }

    /// Bits of mantissa this number was made with.
    pub fn precision(&self) -> u16 {
        self.precision
    }

    /// The same number with another precision, rounded if it has to be.
    #[must_use]
    pub fn with_precision(&self, precision: u16) -> Number {
        match self.parts() {
            Some((mantissa, exponent)) if !self.is_zero() => {
                Number::rounded(mantissa, exponent, precision, false)
            }
            _ => Number {
                repr: self.repr.clone(),
                precision,
            },
        }
    }

    /// Whether the number is finite and whole.
    pub fn is_integer(&self) -> bool {
        match &self.repr {
            Repr::Small(_) | Repr::NegativeZero => true,
            Repr::Big(big) => big.exponent >= 0,
            Repr::Infinite(_) => false,
        }
    }

    /// Whether it is plus or minus infinity.
    pub fn is_infinite(&self) -> bool {
        matches!(self.repr, Repr::Infinite(_))
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        matches!(self.repr, Repr::Small(0) | Repr::NegativeZero)
    }

    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        match &self.repr {
            Repr::Small(value) => *value < 0,
            Repr::NegativeZero => false,
            Repr::Big(big) => big.mantissa.is_negative(),
            Repr::Infinite(sign) => *sign == Sign::Negative,
        }
    }

    /// The number without its sign.
    #[must_use]
    pub fn abs(&self) -> Number {
        if self.has_minus_sign() {
            self.negated()
        } else {
            self.clone()
        }
    }

    /// -1, 0 or 1.
    pub fn signum(&self) -> i64 {
        if self.is_zero() {
            0
        } else if self.is_negative() {
            -1
        } else {
            1
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        match (&self.repr, &other.repr) {
            (Repr::Small(a), Repr::Small(b)) => a == b,
            (Repr::Big(a), Repr::Big(b)) => Arc::ptr_eq(a, b) || a == b,
            (Repr::Infinite(a), Repr::Infinite(b)) => a == b,
            _ => self.is_zero() && other.is_zero(),
        }
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.repr {
            Repr::Small(value) => value.hash(state),
            Repr::NegativeZero => 0_i64.hash(state),
            Repr::Big(big) => big.hash(state),
            Repr::Infinite(sign) => (*sign == Sign::Negative).hash(state),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Number) -> Ordering {
        if let (Repr::Small(a), Repr::Small(b)) = (&self.repr, &other.repr) {
            return a.cmp(b);
        }
        let signs = self.signum().cmp(&other.signum());
        if signs != Ordering::Equal {
            return signs;
        }
        let magnitudes = match (self.parts(), other.parts()) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some((a, ae)), Some((b, be))) => compare_magnitudes(&a, ae, &b, be),
        };
        if self.is_negative() {
            magnitudes.reverse()
        } else {
            magnitudes
        }
    }
}

fn compare_magnitudes(a: &IBig, a_exponent: i64, b: &IBig, b_exponent: i64) -> Ordering {
    let places =
        |m: &IBig, e: i64| e.saturating_add(i64::try_from(m.bit_len()).unwrap_or(i64::MAX));
    match places(a, a_exponent).cmp(&places(b, b_exponent)) {
        Ordering::Equal => {
            let (a, b) = (a.clone().abs(), b.clone().abs());
            if a_exponent >= b_exponent {
                (a << (a_exponent - b_exponent) as usize).cmp(&b)
            } else {
                a.cmp(&(b << (b_exponent - a_exponent) as usize))
            }
        }
        unequal => unequal,
    }
}
