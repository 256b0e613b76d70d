//! Numbers as DynamoDB keeps them: decimal texts with 38 digits, whose spelling means nothing.

/// Why a text is no number of DynamoDB.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NotANumber {
    /// No decimal number at all.
    Syntax,
    /// More than 38 significant digits.
    TooManyDigits,
    /// Beyond 9.99e125 or below 1e-130.
    OutOfRange,
}

impl NotANumber {
    /// What is wrong, as the end of a sentence.
    pub(crate) fn words(self) -> &'static str {
        match self {
            NotANumber::Syntax => "is not a decimal number",
            NotANumber::TooManyDigits => {
                "has more than the 38 significant digits that DynamoDB keeps"
            }
            NotANumber::OutOfRange => "is outside DynamoDB's range of 1e-130 to 9.99e125",
        }
    }
}

/// The one spelling of a number: `-?digits` with `e` and an exponent where that is not 0, no zero at
/// either end of the digits. `1.50`, `15e-1` and `01.5` all give `15e-1`.
pub(crate) fn canonical(text: &str) -> Result<String, NotANumber> {
    let (negative, rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(NotANumber::Syntax);
            }
            let value: i64 = exponent.parse().map_err(|_| NotANumber::OutOfRange)?;
            (mantissa, value)
        }
        None => (rest, 0),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && part.is_empty() {
        return Err(NotANumber::Syntax);
    }
    if !whole
        .bytes()
        .chain(part.bytes())
        .all(|b| b.is_ascii_digit())
    {
        return Err(NotANumber::Syntax);
    }
    let mut digits = String::with_capacity(whole.len() + part.len());
    digits.push_str(whole);
    digits.push_str(part);
    let leading = digits.len() - digits.trim_start_matches('0').len();
    let all = digits.len();
    let significant = digits[leading..].trim_end_matches('0');
    if significant.is_empty() {
        return Ok("0".to_owned());
    }
    let dropped = all - leading - significant.len();
    let moved =
        i64::try_from(dropped).unwrap_or(i64::MAX) - i64::try_from(part.len()).unwrap_or(i64::MAX);
    let exponent = exponent.saturating_add(moved);
    if significant.len() > 38 {
        return Err(NotANumber::TooManyDigits);
    }
    // The power of ten of the first digit.
    let magnitude = exponent.saturating_add(i64::try_from(significant.len()).unwrap_or(0) - 1);
    if !(-130..=125).contains(&magnitude) {
        return Err(NotANumber::OutOfRange);
    }
    let sign = if negative { "-" } else { "" };
    Ok(match exponent {
        0 => format!("{sign}{significant}"),
        exponent => format!("{sign}{significant}e{exponent}"),
    })
}

/// Whether two texts are the same number; texts that are no numbers are compared as texts.
pub(crate) fn same(a: &str, b: &str) -> bool {
    a == b
        || match (canonical(a), canonical(b)) {
            (Ok(a), Ok(b)) => a == b,
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::{NotANumber, canonical, same};

    #[test]
    fn spellings_of_one_number_are_one() {
        for (text, expected) in [
            ("0", "0"),
            ("-0", "0"),
            ("0.000", "0"),
            ("1.50", "15e-1"),
            ("01.5", "15e-1"),
            ("1E2", "1e2"),
            ("100", "1e2"),
            ("-12.5", "-125e-1"),
            ("+7", "7"),
            (".5", "5e-1"),
            ("5.", "5"),
        ] {
            assert_eq!(canonical(text).as_deref(), Ok(expected), "{text}");
        }
        assert!(same("10", "1e1"));
        assert!(!same("10", "11"));
    }

    #[test]
    fn what_is_no_number_says_why() {
        let long = "1".repeat(39);
        for (text, expected) in [
            ("", NotANumber::Syntax),
            ("-", NotANumber::Syntax),
            ("1e", NotANumber::Syntax),
            ("NaN", NotANumber::Syntax),
            ("1_0", NotANumber::Syntax),
            (long.as_str(), NotANumber::TooManyDigits),
            ("1e126", NotANumber::OutOfRange),
            ("1e-131", NotANumber::OutOfRange),
            ("1e99999999999999999999", NotANumber::OutOfRange),
        ] {
            assert_eq!(canonical(text), Err(expected), "{text}");
        }
    }
}
