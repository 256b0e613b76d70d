//! Numbers: text in and out, arithmetic at the edges, formats.

use trueup_value::{Number, NumberError};

const THIRD: &str = "0.33333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333335";

fn number(text: &str) -> Number {
    Number::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn text_is_read_and_printed_shortest() {
    let cases: &[(&str, &str)] = &[
        ("0", "0"),
        ("-0", "-0"),
        ("0e999999999999", "0"),
        ("007", "7"),
        ("1.10", "1.1"),
        ("5.", "5"),
        (".5", "0.5"),
        ("+5", "5"),
        ("1e21", "1000000000000000000000"),
        ("1E+2", "100"),
        ("-1.5e-7", "-0.00000015"),
        ("9223372036854775808", "9223372036854775808"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("18446744073709551616", "18446744073709551616"),
        ("1p4", "16"),
        (
            "123456789012345678901234567890.123456789",
            "123456789012345678901234567890.123456789",
        ),
        (
            "99999999999999999999999999999999999999",
            "99999999999999999999999999999999999999",
        ),
        (THIRD, THIRD),
        ("inf", "+Inf"),
        ("-Inf", "-Inf"),
    ];
    for (text, printed) in cases {
        assert_eq!(number(text).to_string(), *printed, "{text}");
    }
}

#[test]
fn what_is_no_number_is_refused() {
    for text in [
        "", " ", " 1", "1 ", "1_000", "0x10", "0o17", "1e", "e1", ".", "-", "--1", "1.2.3", "٣",
        "NaN", "infinity", "1e+", "1,5",
    ] {
        assert_eq!(
            Number::parse(text),
            Err(NumberError::NotANumber),
            "{text:?}"
        );
    }
    for text in [
        "1e999999999",
        "1e-999999999",
        "1e99999999999999999999",
        "1p999999999",
    ] {
        assert_eq!(
            Number::parse(text),
            Err(NumberError::OutOfRange),
            "{text:?}"
        );
    }
}

#[test]
fn arithmetic_stays_finite_in_time_and_space() {
    let mut value = number("1e70000");
    for _ in 0..100 {
        value = value.multiply(&value).expect("no undefined product");
    }
    assert_eq!(value, Number::INFINITY);
    let mut small = number("1e-70000");
    for _ in 0..100 {
        small = small.multiply(&small).expect("no undefined product");
    }
    assert_eq!(small, Number::ZERO);
    let wide = number("1e70000").add(&number("1e-70000")).expect("finite");
    assert_eq!(wide, number("1e70000"));
    let rest = number("1e70000").remainder(&number("7")).expect("finite");
    assert!(rest.to_string().len() < 80_000);
}

#[test]
fn rounding_is_half_to_even_at_512_bits() {
    let big = number("2").powers(512);
    assert_eq!(big.add(&Number::ONE).expect("finite"), big);
    let next = big.add(&number("2")).expect("finite");
    assert_ne!(next, big);
    let middle = next.add(&Number::ONE).expect("finite");
    assert_eq!(middle, big.add(&number("4")).expect("finite"));
}

trait Powers {
    fn powers(&self, times: usize) -> Number;
}

impl Powers for Number {
    fn powers(&self, times: usize) -> Number {
        (0..times).fold(Number::ONE, |product, _| {
            product.multiply(self).expect("finite")
        })
    }
}

#[test]
fn precision_shows_in_print() {
    assert_eq!(
        Number::from(2_f64.powf(0.5)).to_string(),
        "1.4142135623730951"
    );
    assert_eq!(
        Number::from(2_f64.powi(70)).to_string(),
        "1180591620717411300000"
    );
    assert_eq!(Number::from(0.1).to_string(), "0.1");
    assert_ne!(Number::from(0.1), number("0.1"));
    let thirds = Number::from(1_i64)
        .divide(&Number::from(3_i64))
        .expect("finite");
    assert_eq!(thirds.to_string(), "0.33333333333333333334");
    assert_eq!(
        number("1")
            .divide(&number("3"))
            .expect("finite")
            .to_string(),
        THIRD
    );
}

#[test]
fn formats_follow_printf() {
    let cases: &[(&str, char, Option<usize>, &str)] = &[
        ("1234.5678", 'f', Some(2), "1234.57"),
        ("1234.5678", 'f', Some(0), "1235"),
        ("0.05", 'f', Some(1), "0.1"),
        ("0.5", 'f', Some(0), "0"),
        ("1.5", 'f', Some(0), "2"),
        ("-0.001", 'f', Some(2), "-0.00"),
        ("1234.5678", 'e', Some(3), "1.235e+03"),
        ("0", 'e', Some(2), "0.00e+00"),
        ("1e-7", 'E', None, "1E-07"),
        ("1e10", 'g', Some(10), "1e+10"),
        ("123456789", 'g', Some(10), "123456789"),
        ("12345678901", 'g', Some(10), "1.23456789e+10"),
        ("0.0001", 'g', Some(10), "0.0001"),
        ("0.00001", 'g', Some(10), "1e-05"),
        ("1e21", 'g', None, "1e+21"),
        ("100000", 'g', None, "100000"),
        ("9.99", 'f', Some(1), "10.0"),
    ];
    for (text, verb, precision, wanted) in cases {
        assert_eq!(
            number(text).format(*verb, *precision),
            *wanted,
            "{text} %{verb} {precision:?}"
        );
    }
}

#[test]
fn machine_numbers_come_back() {
    for value in [0, 1, -1, i64::MAX, i64::MIN] {
        assert_eq!(Number::from(value).to_i64(), Some(value));
    }
    assert_eq!(Number::from(u64::MAX).to_u64(), Some(u64::MAX));
    assert_eq!(Number::from(u64::MAX).to_i64(), None);
    assert_eq!(number("1.5").to_i64(), None);
    for value in [0.1, -2.5e300, f64::MIN_POSITIVE, 5e-324, f64::MAX] {
        assert_eq!(Number::from(value).to_f64(), value);
    }
    assert_eq!(number("1e400").to_f64(), f64::INFINITY);
    assert_eq!(number("255").to_radix(16).as_deref(), Some("ff"));
    assert_eq!(Number::from_radix("-ff", 16), Some(number("-255")));
    assert_eq!(number("-2.5").floor(), number("-3"));
    assert_eq!(number("-2.5").ceil(), number("-2"));
    assert_eq!(number("1e-30").ceil(), Number::ONE);
    assert_eq!(number("2.5").trunc(), number("2"));
}
