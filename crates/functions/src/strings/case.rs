//! Upper, lower and title case. One character always stays one: what has no single counterpart is kept.

use trueup_value::Value;

use super::STR;
use crate::function::{Function, Shape};

/// `lower`
pub static LOWER: Function = Function::new(
    "lower",
    "The string in lower case.",
    &[STR.dynamic()],
    Shape::String,
    |call| {
        Ok(Value::string(
            call.text(0).chars().map(to_lower).collect::<String>(),
        ))
    },
);

/// `upper`
pub static UPPER: Function = Function::new(
    "upper",
    "The string in upper case.",
    &[STR.dynamic()],
    Shape::String,
    |call| {
        Ok(Value::string(
            call.text(0).chars().map(to_upper).collect::<String>(),
        ))
    },
);

/// `title`
pub static TITLE: Function = Function::new(
    "title",
    "The string with the first letter of each word in upper case.",
    &[STR],
    Shape::String,
    |call| {
        let mut before = ' ';
        let titled: String = call
            .text(0)
            .chars()
            .map(|c| {
                let titled = if separates(before) { to_title(c) } else { c };
                before = c;
                titled
            })
            .collect();
        Ok(Value::string(titled))
    },
);

fn only(mut chars: impl Iterator<Item = char>, otherwise: char) -> char {
    match (chars.next(), chars.next()) {
        (Some(c), None) => c,
        _ => otherwise,
    }
}

fn to_lower(c: char) -> char {
    match c {
        'İ' => 'i',
        _ => only(c.to_lowercase(), c),
    }
}

fn to_upper(c: char) -> char {
    let code = c as u32;
    match code {
        // Greek letters with an iota below: their one-character upper case is eight further on.
        0x1f80..=0x1f87 | 0x1f90..=0x1f97 | 0x1fa0..=0x1fa7 => {
            char::from_u32(code + 8).unwrap_or(c)
        }
        0x1fb3 | 0x1fc3 | 0x1ff3 => char::from_u32(code + 9).unwrap_or(c),
        _ => only(c.to_uppercase(), c),
    }
}

fn to_title(c: char) -> char {
    match c {
        'Ǆ' | 'ǅ' | 'ǆ' => 'ǅ',
        'Ǉ' | 'ǈ' | 'ǉ' => 'ǈ',
        'Ǌ' | 'ǋ' | 'ǌ' => 'ǋ',
        'Ǳ' | 'ǲ' | 'ǳ' => 'ǲ',
        // Georgian has upper case, but no title case.
        '\u{10d0}'..='\u{10ff}' => c,
        _ => to_upper(c),
    }
}

fn separates(c: char) -> bool {
    if c.is_ascii() {
        !(c.is_ascii_alphanumeric() || c == '_')
    } else {
        !c.is_alphanumeric() && c.is_whitespace()
    }
}
