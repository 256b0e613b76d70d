//! Powers and logarithms of 64-bit floats, computed in the steps that Terraform's own results come from: each
//! step rounds, so that other ways to the same value end in other last digits.

#![expect(
    clippy::excessive_precision,
    reason = "coefficients are written as they are published"
)]

use std::f64::consts::{LOG2_E, SQRT_2};

/// The fraction, at least a half and below one, and the power of two. Zero and what is not finite stays.
fn split(x: f64) -> (f64, i64) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    let (x, shift) = if x.abs() < f64::MIN_POSITIVE {
        (x * (1_u64 << 52) as f64, -52)
    } else {
        (x, 0)
    };
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i64 - 1022 + shift;
    let fraction = f64::from_bits((bits & !(0x7ff << 52)) | (1022 << 52));
    (fraction, exponent)
}

/// `fraction * 2^exponent`.
fn scaled(fraction: f64, exponent: i64) -> f64 {
    if fraction == 0.0 || !fraction.is_finite() {
        return fraction;
    }
    let (fraction, own) = split(fraction);
    let exponent = own.saturating_add(exponent);
    if exponent < -1074 {
        return 0.0_f64.copysign(fraction);
    }
    if exponent > 1024 {
        return f64::INFINITY.copysign(fraction);
    }
    let power = |n: i64| f64::from_bits(((n + 1023) as u64) << 52);
    if exponent < -1021 {
        // The last step rounds into the numbers without a full mantissa.
        return fraction * power(exponent + 54) * power(-54);
    }
    fraction * 2.0 * power(exponent - 1)
}

/// The natural logarithm.
pub(crate) fn ln(x: f64) -> f64 {
    const HIGH: f64 = 6.931_471_803_691_238_164_90e-1;
    const LOW: f64 = 1.908_214_929_270_587_700_02e-10;
    if x.is_nan() || x == f64::INFINITY {
        return x;
    }
    if x < 0.0 {
        return f64::NAN;
    }
    if x == 0.0 {
        return f64::NEG_INFINITY;
    }
    let (mut fraction, mut exponent) = split(x);
    if fraction < SQRT_2 / 2.0 {
        fraction *= 2.0;
        exponent -= 1;
    }
    let f = fraction - 1.0;
    let k = exponent as f64;
    let s = f / (2.0 + f);
    let s2 = s * s;
    let s4 = s2 * s2;
    let odd = s2
        * (6.666_666_666_666_735_130e-1
            + s4 * (2.857_142_874_366_239_149e-1
                + s4 * (1.818_357_216_161_805_012e-1 + s4 * 1.479_819_860_511_658_591e-1)));
    let even = s4
        * (3.999_999_999_940_941_908e-1
            + s4 * (2.222_219_843_214_978_396e-1 + s4 * 1.531_383_769_920_937_332e-1));
    let rest = odd + even;
    let half = 0.5 * f * f;
    k * HIGH - ((half - (s * (half + rest) + k * LOW)) - f)
}

/// e to the power.
fn exp(x: f64) -> f64 {
    const HIGH: f64 = 0.693_147_180_559_662_956_511_601_805_686_950_683_593_75;
    const LOW: f64 = 0.282_352_905_630_315_771_225_884_481_750_134_360_255_254_120_68e-12;
    if x.is_nan() || x == f64::INFINITY {
        return x;
    }
    if x > 7.097_827_128_933_84e2 {
        return f64::INFINITY;
    }
    if x < -7.451_332_191_019_41e2 {
        return 0.0;
    }
    let whole = (LOG2_E * x).round_ties_even();
    let mut r = (-whole).mul_add(HIGH, x);
    r = (-whole).mul_add(LOW, r);
    r *= 0.0625;
    let mut sum = 2.480_158_730_158_730_158_7e-5_f64;
    for coefficient in [
        1.984_126_984_126_984_127_0e-4,
        1.388_888_888_888_888_888_9e-3,
        8.333_333_333_333_333_333_3e-3,
        4.166_666_666_666_666_666_7e-2,
        1.666_666_666_666_666_666_7e-1,
        0.5,
        1.0,
    ] {
        sum = sum.mul_add(r, coefficient);
    }
    let mut value = r * sum;
    for _ in 0..4 {
        value *= value + 2.0;
    }
    scaled(value + 1.0, whole as i64)
}

/// A number to a power.
pub(crate) fn pow(x: f64, y: f64) -> f64 {
    if y == 0.0 || x == 1.0 {
        return 1.0;
    }
    if y == 1.0 {
        return x;
    }
    if x == 0.0 || !x.is_finite() || !y.is_finite() {
        // Exact, whoever computes it.
        return x.powf(y);
    }
    if y == 0.5 {
        return x.sqrt();
    }
    if y == -0.5 {
        return 1.0 / x.sqrt();
    }
    let (mut whole, mut fraction) = (y.abs().trunc(), y.abs().fract());
    if fraction != 0.0 && x < 0.0 {
        return f64::NAN;
    }
    if whole >= 9.223_372_036_854_775_808e18 {
        return match (x == -1.0, (x.abs() < 1.0) == (y > 0.0)) {
            (true, _) => 1.0,
            (_, true) => 0.0,
            _ => f64::INFINITY,
        };
    }
    let mut value = 1.0;
    let mut exponent = 0_i64;
    if fraction != 0.0 {
        if fraction > 0.5 {
            fraction -= 1.0;
            whole += 1.0;
        }
        value = exp(fraction * ln(x));
    }
    let (mut square, mut square_exponent) = split(x);
    let mut left = whole as i64;
    while left != 0 {
        if !(-(1 << 12)..=1 << 12).contains(&square_exponent) {
            // Far out of range whatever comes.
            exponent += square_exponent;
            break;
        }
        if left & 1 == 1 {
            value *= square;
            exponent += square_exponent;
        }
        square *= square;
        square_exponent <<= 1;
        if square < 0.5 {
            square += square;
            square_exponent -= 1;
        }
        left >>= 1;
    }
    if y < 0.0 {
        value = 1.0 / value;
        exponent = -exponent;
    }
    scaled(value, exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_digits_are_the_known_ones() {
        for (x, y, result) in [
            (10.0, 0.3, 1.995_262_314_968_879_7),
            (1.1, 100.0, 13_780.612_339_822_364),
            (123.456, 7.89, 31_771_028_258_180_932.0),
            (100.0, 1.5, 1_000.000_000_000_000_2),
            (5.0, -2.7, 0.012_965_252_773_542_097),
            (2.2, 3.3, 13.489_468_760_533_388),
            (2.0, -0.5, 0.707_106_781_186_547_5),
            (-8.0, 3.0, -512.0),
        ] {
            assert_eq!(pow(x, y), result, "{x} to the power {y}");
        }
        assert_eq!(ln(0.1) / ln(3.0), -2.095_903_274_289_385);
        assert_eq!(pow(0.5, 1074.0), f64::from_bits(1));
        assert_eq!(pow(2.0, 1023.0), 2.0_f64.powi(1023));
    }
}
