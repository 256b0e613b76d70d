//! Texts where not every character may stand: in XML, in addresses, in forms.

use std::fmt::Write as _;

/// A text as XML content, or as an attribute's value.
pub(crate) fn xml_escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Percent-encoding: everything but unreserved characters and those of `besides` by its bytes.
pub(crate) fn encoded(text: &str, besides: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) || besides.contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Percent-decoding; a plus sign is a blank where `form` says so. What is no escape stays as it is.
pub(crate) fn decoded(text: &str, form: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        let hex = |b: u8| char::from(b).to_digit(16);
        match (first, tail) {
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                    rest = after;
                }
                _ => bytes.push(first),
            },
            (b'+', _) if form => bytes.push(b' '),
            _ => bytes.push(first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The names and values of a query or form, as they are written.
pub(crate) fn fields(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
}

/// The names and values of a form, decoded.
pub(crate) fn form(text: &str) -> impl Iterator<Item = (String, String)> {
    fields(text).map(|(name, value)| (decoded(name, true), decoded(value, true)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_that_are_none_stay() {
        for (text, form, read) in [
            ("a%2Fb+c", false, "a/b+c"),
            ("a%2Fb+c", true, "a/b c"),
            ("100%", true, "100%"),
            ("%4", true, "%4"),
            ("%zz%41", true, "%zzA"),
            ("%FF", true, "\u{fffd}"),
        ] {
            assert_eq!(decoded(text, form), read, "{text}");
        }
        let read: Vec<_> = fields("&a=b=c&d&=e&").collect();
        assert_eq!(read, [("a", "b=c"), ("d", ""), ("", "e")]);
    }

    proptest! {
        #[test]
        fn what_is_encoded_reads_back(name in any::<String>(), value in any::<String>()) {
            prop_assume!(!name.is_empty());
            let text = format!("{}={}", encoded(&name, b""), encoded(&value, b""));
            prop_assert_eq!(form(&text).collect::<Vec<_>>(), [(name, value)]);
        }

        #[test]
        fn any_text_is_read(text in "[a-f0-9%+&=é]{0,40}") {
            for (name, value) in form(&text) {
                prop_assert!(name.len() + value.len() <= 3 * text.len());
            }
        }
    }
}
