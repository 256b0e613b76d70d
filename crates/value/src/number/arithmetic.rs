//! Arithmetic on numbers, correctly rounded, with the known cases of infinity.

use dashu_base::{Abs, BitTest, DivRem, Sign, Signed, UnsignedAbs};
use dashu_int::{IBig, UBig};

use super::{Number, NumberError, PRECISION, Repr};

impl Number {
    /// The number with its sign turned.
    #[must_use]
    pub fn negated(&self) -> Number {
        match &self.repr {
            Repr::Small(0) => Number::signed_zero(true, self.precision),
            Repr::NegativeZero => Number::signed_zero(false, self.precision),
            Repr::Small(value) if *value != i64::MIN => Number {
                repr: Repr::Small(-value),
                precision: self.precision,
            },
            Repr::Infinite(sign) => Number {
                repr: Repr::Infinite(-*sign),
                precision: self.precision,
            },
            _ => {
                let (mantissa, exponent) = self.parts().unwrap_or((IBig::ZERO, 0));
                Number::rounded(-mantissa, exponent, self.precision, false)
            }
        }
    }

    /// Sum, rounded to the larger precision of the two.
    pub fn add(&self, other: &Number) -> Result<Number, NumberError> {
        let precision = self.precision.max(other.precision);
        if let (Repr::Small(a), Repr::Small(b)) = (&self.repr, &other.repr)
            && let Some(sum) = a.checked_add(*b)
            && precision >= 64
        {
            return Ok(Number {
                repr: Repr::Small(sum),
                precision,
            });
        }
        match (&self.repr, &other.repr) {
            (Repr::Infinite(a), Repr::Infinite(b)) if a != b => {
                Err(NumberError::OpposingInfinities)
            }
            (Repr::Infinite(_), _) => Ok(self.clone()),
            (_, Repr::Infinite(_)) => Ok(other.clone()),
            _ => Ok(self.finite_sum(other, precision)),
        }
    }

    /// Difference, rounded to the larger precision of the two.
    pub fn subtract(&self, other: &Number) -> Result<Number, NumberError> {
        self.add(&other.negated()).map_err(|error| match error {
            NumberError::OpposingInfinities => NumberError::InfinityMinusInfinity,
            other => other,
        })
    }

    fn finite_sum(&self, other: &Number, precision: u16) -> Number {
        if let (Repr::NegativeZero, Repr::NegativeZero) = (&self.repr, &other.repr) {
            return Number::signed_zero(true, precision);
        }
        let (Some((a, ae)), Some((b, be))) = (self.parts(), other.parts()) else {
            return self.clone();
        };
        // Operands too far apart to touch within the precision: the small one only tips rounding.
        let places = |m: &IBig, e: i64| e + i64::try_from(m.bit_len()).unwrap_or(i64::MAX / 4);
        let ((high, he), (low, le)) = if places(&a, ae) >= places(&b, be) {
            ((a, ae), (b, be))
        } else {
            ((b, be), (a, ae))
        };
        if low.is_zero() {
            return Number::rounded(high, he, precision, false);
        }
        let reach = i64::from(precision) + 8;
        if he - places(&low, le) > reach {
            // Spelled out, the low operand would be one unit far below the last kept bit.
            let shift = usize::from(precision) + 4;
            let tip = if low.is_negative() {
                -IBig::ONE
            } else {
                IBig::ONE
            };
            return Number::rounded(
                (high << shift) + tip,
                he - i64::try_from(shift).unwrap_or(i64::MAX / 4),
                precision,
                false,
            );
        }
        let floor = he.min(le);
        let sum = (high << (he - floor) as usize) + (low << (le - floor) as usize);
        Number::rounded(sum, floor, precision, false)
    }

    /// Product: exact where it fits 512 bits, else rounded to 512.
    pub fn multiply(&self, other: &Number) -> Result<Number, NumberError> {
        let precision = self.precision.max(other.precision);
        if let (Repr::Small(a), Repr::Small(b)) = (&self.repr, &other.repr)
            && let Some(product) = a.checked_mul(*b)
            && (product != 0 || (*a >= 0 && *b >= 0))
        {
            return Ok(Number {
                repr: Repr::Small(product),
                precision: precision.max(64),
            });
        }
        let (Some((a, ae)), Some((b, be))) = (self.parts(), other.parts()) else {
            if self.is_zero() || other.is_zero() {
                return Err(NumberError::ZeroTimesInfinity);
            }
            return Ok(if self.is_negative() == other.is_negative() {
                Number::INFINITY
            } else {
                Number::NEG_INFINITY
            });
        };
        if self.is_zero() || other.is_zero() {
            let negative = self.has_minus_sign() != other.has_minus_sign();
            return Ok(Number::signed_zero(negative, precision.max(64)));
        }
        let product = Number::rounded(a * b, ae + be, PRECISION, false);
        let needed = match &product.repr {
            Repr::Big(big) => u16::try_from(big.mantissa.bit_len()).unwrap_or(PRECISION),
            _ => 64,
        };
        Ok(Number {
            repr: product.repr,
            precision: precision.max(needed),
        })
    }

    /// Quotient, rounded to the larger precision of the two. Dividing by zero gives infinity.
    pub fn divide(&self, other: &Number) -> Result<Number, NumberError> {
        let precision = self.precision.max(other.precision);
        let opposite = self.has_minus_sign() != other.has_minus_sign();
        match (&self.repr, &other.repr) {
            (Repr::Infinite(_), Repr::Infinite(_)) => Err(NumberError::UndefinedQuotient),
            (_, Repr::Infinite(_)) => Ok(Number::signed_zero(opposite, precision)),
            _ if other.is_zero() && self.is_zero() => Err(NumberError::UndefinedQuotient),
            (Repr::Infinite(_), _) => Ok(Number::signed_infinity(opposite)),
            _ if other.is_zero() => Ok(Number::signed_infinity(opposite)),
            _ if self.is_zero() => Ok(Number::signed_zero(opposite, precision)),
            (Repr::Small(a), Repr::Small(b)) if a.checked_rem(*b) == Some(0) && precision >= 64 => {
                Ok(Number {
                    repr: Repr::Small(a / b),
                    precision,
                })
            }
            _ => Ok(self.finite_quotient(other, precision)),
        }
    }

    fn signed_infinity(negative: bool) -> Number {
        if negative {
            Number::NEG_INFINITY
        } else {
            Number::INFINITY
        }
    }

    fn finite_quotient(&self, other: &Number, precision: u16) -> Number {
        let (Some((a, ae)), Some((b, be))) = (self.parts(), other.parts()) else {
            return self.clone();
        };
        let negative = a.is_negative() != b.is_negative();
        let (a, b): (UBig, UBig) = (a.unsigned_abs(), b.unsigned_abs());
        let shift = (usize::from(precision) + 2 + b.bit_len()).saturating_sub(a.bit_len());
        let (quotient, remainder) = (a << shift).div_rem(&b);
        let sign = if negative {
            Sign::Negative
        } else {
            Sign::Positive
        };
        Number::rounded(
            IBig::from_parts(sign, quotient),
            ae - be - i64::try_from(shift).unwrap_or(i64::MAX / 4),
            precision,
            !remainder.is_zero(),
        )
    }

    /// Remainder with the sign of the left operand; `x % 0` is x. It is worked out from the
    /// rounded quotient, so fractions show the rounding, as Terraform's do.
    pub fn remainder(&self, other: &Number) -> Result<Number, NumberError> {
        if self.is_infinite() || other.is_infinite() {
            return match (self.is_zero(), other.is_zero()) {
                (false, false) if self.is_infinite() && other.is_infinite() => self.multiply(other),
                (false, false) if self.is_infinite() => self.multiply(other),
                _ => Err(NumberError::UndefinedRemainder),
            };
        }
        if other.is_zero() {
            return Ok(self.clone());
        }
        if let (Repr::Small(a), Repr::Small(b)) = (&self.repr, &other.repr)
            && let Some(rest) = a.checked_rem(*b)
            && self.precision >= 64
        {
            return Ok(Number {
                repr: Repr::Small(rest),
                precision: self.precision,
            });
        }
        let whole = self.divide(other)?.trunc().with_precision(self.precision);
        let (Some((a, ae)), Some((b, be))) = (whole.parts(), other.parts()) else {
            return Err(NumberError::UndefinedRemainder);
        };
        let taken = Number::rounded(a * b, ae + be, self.precision, false);
        Ok(self.finite_sum(&taken.negated(), self.precision))
    }

    /// How far apart two finite numbers are, for callers that need a tolerance.
    pub fn distance(&self, other: &Number) -> Option<Number> {
        self.subtract(other).ok().map(|difference| difference.abs())
    }

    /// The magnitude of the mantissa, for printing.
    pub(super) fn magnitude(mantissa: &IBig) -> UBig {
        mantissa.clone().abs().unsigned_abs()
    }
}
