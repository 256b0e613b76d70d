//! What each verb makes of its argument.

use trueup_diagnostics::{grapheme_count, graphemes};
use trueup_value::{Number, Type, Value, ValueRef, convert, json};

use super::scan::Verb;

/// Appends the argument that a verb stands for.
pub(super) fn append(
    verb: &Verb<'_>,
    index: usize,
    args: &[Value],
    out: &mut String,
) -> Result<(), String> {
    let Some(value) = args.get(index) else {
        return Err(format!(
            "not enough arguments for {:?} at {}: need index {} but have {} total",
            verb.raw,
            verb.offset,
            index + 1,
            args.len()
        ));
    };
    if verb.letter != 'v' && value.is_null() {
        return Err(unsupported(verb, "null value cannot be formatted"));
    }
    let text = match verb.letter {
        'v' => padded(verb, as_it_is(verb, value)?),
        't' => {
            let value = converted(verb, value, &Type::Bool)?;
            padded(verb, value.as_bool().unwrap_or_default().to_string())
        }
        'b' | 'd' | 'o' | 'x' | 'X' => integer(verb, value)?,
        'e' | 'E' | 'f' | 'g' | 'G' => float(verb, value)?,
        's' | 'q' => string(verb, value)?,
        other => {
            return Err(format!(
                "unsupported format verb '{other}' in {:?} at offset {}",
                verb.raw, verb.offset
            ));
        }
    };
    out.push_str(&text);
    Ok(())
}

fn unsupported(verb: &Verb<'_>, why: impl std::fmt::Display) -> String {
    format!(
        "unsupported value for {:?} at {}: {why}",
        verb.raw, verb.offset
    )
}

fn converted(verb: &Verb<'_>, value: &Value, ty: &Type) -> Result<Value, String> {
    convert(value, ty).map_err(|error| unsupported(verb, error))
}

fn as_it_is(verb: &Verb<'_>, value: &Value) -> Result<String, String> {
    match value.view() {
        ValueRef::String(text) if !verb.sharp => Ok(text.to_string()),
        ValueRef::Number(number) if !verb.sharp => Ok(number.format('g', None)),
        _ => json::encode(value).map_err(|error| unsupported(verb, error)),
    }
}

fn number(verb: &Verb<'_>, value: &Value) -> Result<Number, String> {
    let value = converted(verb, value, &Type::Number)?;
    Ok(value.as_number().cloned().unwrap_or(Number::ZERO))
}

fn sign(verb: &Verb<'_>, negative: bool) -> &'static str {
    if negative {
        "-"
    } else if verb.plus {
        "+"
    } else if verb.space {
        " "
    } else {
        ""
    }
}

fn integer(verb: &Verb<'_>, value: &Value) -> Result<String, String> {
    let number = number(verb, value)?;
    let base = match verb.letter {
        'b' => 2,
        'o' => 8,
        'd' => 10,
        _ => 16,
    };
    let negative = number.is_negative();
    let mut digits = number
        .abs()
        .to_radix(base)
        .ok_or_else(|| unsupported(verb, "an integer is required"))?;
    let prefix = match verb.letter {
        'b' if verb.sharp => "0b",
        'o' if verb.sharp => "0",
        'x' if verb.sharp => "0x",
        'X' if verb.sharp => "0X",
        _ => "",
    };
    if verb.letter == 'X' {
        digits.make_ascii_uppercase();
    }
    if verb.precision == Some(0) && digits == "0" {
        return Ok(String::new());
    }
    let mut zeros = verb.precision.unwrap_or(0).saturating_sub(digits.len());
    let sign = sign(verb, negative);
    let length = sign.len() + prefix.len() + zeros + digits.len();
    let missing = verb.width.unwrap_or(0).saturating_sub(length);
    let (mut left, mut right) = (0, 0);
    if verb.minus {
        right = missing;
    } else if verb.zero && verb.precision.is_none() {
        zeros = missing;
    } else {
        left = missing;
    }
    Ok(format!(
        "{}{sign}{prefix}{}{digits}{}",
        " ".repeat(left),
        "0".repeat(zeros),
        " ".repeat(right)
    ))
}

fn float(verb: &Verb<'_>, value: &Value) -> Result<String, String> {
    let number = number(verb, value)?;
    let precision = match verb.letter {
        'g' | 'G' => verb.precision,
        _ => Some(verb.precision.unwrap_or(6)),
    };
    let text = number.format(verb.letter, precision);
    let (sign, digits) = match text.as_bytes().first() {
        Some(b'-') => ("-", &text[1..]),
        Some(b'+') => (if verb.space { " " } else { "+" }, &text[1..]),
        _ => (sign(verb, false), text.as_str()),
    };
    let missing = verb
        .width
        .unwrap_or(0)
        .saturating_sub(sign.len() + digits.len());
    let fill = |c: &str| c.repeat(missing);
    Ok(if verb.zero && !verb.minus && !number.is_infinite() {
        format!("{sign}{}{digits}", fill("0"))
    } else if verb.minus {
        format!("{sign}{digits}{}", fill(" "))
    } else {
        format!("{}{sign}{digits}", fill(" "))
    })
}

fn string(verb: &Verb<'_>, value: &Value) -> Result<String, String> {
    let value = converted(verb, value, &Type::String)?;
    let mut text = value.as_str().unwrap_or_default().to_owned();
    if let Some(most) = verb.precision.filter(|precision| *precision > 0) {
        text = graphemes(&text).take(most).collect();
    }
    if verb.letter == 'q' {
        let mut quoted = String::new();
        json::write_string(&text, &mut quoted);
        text = quoted;
    }
    Ok(padded(verb, text))
}

/// Filled up to the width, counted in what a reader takes for one character.
fn padded(verb: &Verb<'_>, text: String) -> String {
    let Some(width) = verb.width else {
        return text;
    };
    let missing = width.saturating_sub(grapheme_count(&text));
    let fill = if verb.zero { "0" } else { " " }.repeat(missing);
    if verb.minus {
        text + &fill
    } else {
        fill + &text
    }
}
