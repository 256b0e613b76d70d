//! Text between quotes: what must be escaped so that reading gives the text again.

use std::fmt::Write;

use unicode_normalization::UnicodeNormalization;

/// A text as a quoted string of the language, quotes included. It is brought to NFC, as reading does.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// A text as it stands between quotes: nothing in it is taken for the end, an escape, an interpolation or a
/// directive, and what a reader would not see is written by its number.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text.nfc().peekable();
    while let Some(character) = rest.next() {
        match character {
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '$' | '%' => {
                escaped.push(character);
                if rest.peek() == Some(&'{') {
                    escaped.push(character);
                }
            }
            // Writing to a string does not fail.
            other if is_invisible(other) => {
                let _ = match u32::from(other) {
                    code @ 0..=0xffff => write!(escaped, "\\u{code:04x}"),
                    code => write!(escaped, "\\U{code:08x}"),
                };
            }
            other => escaped.push(other),
        }
    }
    escaped
}

/// Whether a reader would not see a character as a sign of its own: controls, formatting characters, white space
/// other than the plain space, and what is for private use or no character at all.
pub fn is_invisible(character: char) -> bool {
    character.is_control()
        || character.is_whitespace() && character != ' '
        || is_format(character)
        || is_noncharacter(character)
        || matches!(
            character,
            '\u{d7fc}'..='\u{d7ff}'
                | '\u{e000}'..='\u{f8ff}'
                | '\u{e0000}'..='\u{e00ff}'
                | '\u{e01f0}'..='\u{10ffff}'
        )
}

/// The characters of the general category Format.
fn is_format(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{600}'..='\u{605}'
            | '\u{61c}'
            | '\u{6dd}'
            | '\u{70f}'
            | '\u{890}'..='\u{891}'
            | '\u{8e2}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{110bd}'
            | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
    )
}

fn is_noncharacter(character: char) -> bool {
    matches!(character, '\u{fdd0}'..='\u{fdef}') || u32::from(character) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use trueup_diagnostics::SourceId;

    use super::{escaped, quoted};

    #[test]
    fn every_character_reads_back() {
        for text in ('\0'..=char::MAX).map(|c| format!("a{c}{{ b")) {
            let written = quoted(&text);
            let (expr, diagnostics) = crate::parse_expression(SourceId(0), &written, 0);
            assert!(!diagnostics.has_errors(), "{written}: {diagnostics:?}");
            let read = expr.as_string_literal().map(|text| escaped(text));
            assert_eq!(read, Some(escaped(&text)), "{written}");
        }
    }

    #[test]
    fn what_is_not_seen_is_written_by_its_number() {
        for (text, written) in [
            ("a b", "a b"),
            ("a\u{a0}b", "a\\u00a0b"),
            ("\u{7f}", "\\u007f"),
            ("\u{e0041}", "\\U000e0041"),
            ("\u{1d173}", "\\U0001d173"),
            ("\u{1f600}", "\u{1f600}"),
            ("$${", "$$${"),
            ("% {", "% {"),
        ] {
            assert_eq!(escaped(text), written);
        }
    }
}
