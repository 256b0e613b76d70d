//! Functions of strings: cutting, joining, case, and what they contain.

mod case;
mod containing;
mod cutting;
mod joining;
mod trimming;

pub use case::{LOWER, TITLE, UPPER};
pub use containing::{ENDSWITH, STARTSWITH, STRCONTAINS};
pub use cutting::{STRREV, SUBSTR};
pub use joining::{INDENT, JOIN, REPLACE, SPLIT};
pub use trimming::{CHOMP, TRIM, TRIMPREFIX, TRIMSPACE, TRIMSUFFIX};

use trueup_parser::is_invisible;

use crate::function::Parameter;

pub(crate) const STR: Parameter = Parameter::string("str", "The string.");

/// A text in double quotes as messages show it, with escapes for what cannot be seen.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\u{07}' => quoted.push_str("\\a"),
            '\u{08}' => quoted.push_str("\\b"),
            '\u{0c}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{0b}' => quoted.push_str("\\v"),
            ' ' => quoted.push(' '),
            c if (c as u32) < 0x20 || c == '\u{7f}' => {
                quoted.push_str(&format!("\\x{:02x}", c as u32));
            }
            c if is_invisible(c) && (c as u32) > 0xffff => {
                quoted.push_str(&format!("\\U{:08x}", c as u32));
            }
            c if is_invisible(c) => quoted.push_str(&format!("\\u{:04x}", c as u32)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
