//! The text of JSON strings, and whether a number is one.

/// The text that a JSON string stands for; else the offset just after the byte that is wrong. `quoted` begins
/// with a quote, `bad` answers whether the byte at an offset of it is not UTF-8.
pub(super) fn unquoted(quoted: &str, bad: impl Fn(usize) -> bool) -> Result<String, usize> {
    let mut text = String::with_capacity(quoted.len());
    let mut characters = quoted.char_indices().skip(1);
    // Half of a surrogate pair that waits for the other.
    let mut high: Option<u32> = None;
    while let Some((at, character)) = characters.next() {
        if character != '\\' && high.take().is_some() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
        match character {
            '"' if at + 1 == quoted.len() => return Ok(text),
            '\\' => {
                let Some((at, escape)) = characters.next() else {
                    break;
                };
                if escape != 'u' && high.take().is_some() {
                    text.push(char::REPLACEMENT_CHARACTER);
                }
                let character = match escape {
                    '"' | '\\' | '/' => escape,
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'u' => {
                        let mut code = 0;
                        for _ in 0..4 {
                            let Some((at, digit)) = characters.next() else {
                                return Err(quoted.len());
                            };
                            code = code * 16 + digit.to_digit(16).ok_or(at + 1)?;
                        }
                        match (high.take(), code) {
                            (Some(first), 0xdc00..=0xdfff) => {
                                let code = 0x10000 + ((first - 0xd800) << 10) + (code - 0xdc00);
                                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
                            }
                            (waiting, code) => {
                                if waiting.is_some() {
                                    text.push(char::REPLACEMENT_CHARACTER);
                                }
                                if (0xd800..=0xdbff).contains(&code) {
                                    high = Some(code);
                                    continue;
                                }
                                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
                            }
                        }
                    }
                    _ => return Err(at + 1),
                };
                text.push(character);
            }
            _ if bad(at) => text.push(char::REPLACEMENT_CHARACTER),
            '\0'..='\u{1f}' => return Err(at + 1),
            other => text.push(other),
        }
    }
    Err(quoted.len())
}

/// Whether a text is a number of JSON.
pub(super) fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|text| digits(text.strip_prefix(['+', '-']).unwrap_or(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_unquoted_as_json_says() {
        let text = |quoted| unquoted(quoted, |_| false);
        assert_eq!(
            text(r#""a\"\\\/\b\f\n\r\té\u00e9\ud83d\ude00""#).as_deref(),
            Ok("a\"\\/\u{8}\u{c}\n\r\té\u{e9}\u{1f600}")
        );
        assert_eq!(text(r#""\ud83d x""#).as_deref(), Ok("\u{fffd} x"));
        assert_eq!(
            text(r#""\ud83d\n\ude00\ud83d\ud83d\ude00\ud83d""#).as_deref(),
            Ok("\u{fffd}\n\u{fffd}\u{fffd}\u{1f600}\u{fffd}")
        );
        assert_eq!(text(r#""a\x""#), Err(4));
        assert_eq!(text(r#""a\u00g0""#), Err(7));
        assert_eq!(text("\"a"), Err(2));
        assert_eq!(text("\"a\\"), Err(3));
    }

    #[test]
    fn numbers_are_those_of_json() {
        for text in ["0", "-0", "10", "1.5", "1e5", "-1.25E-10", "1e+2"] {
            assert!(is_number(text), "{text}");
        }
        for text in [
            "", "-", "01", "+1", ".5", "1.", "1e", "1e+", "--1", "1.2.3", "1-2",
        ] {
            assert!(!is_number(text), "{text}");
        }
    }
}
