//! What a scalar of YAML means: null, bool, number, time or string, as tag and text say.

use base64::Engine as _;
use trueup_value::{Number, Type, Value};

use super::timestamp;
use super::tokens::Style;
use crate::base64_text::ENGINE;

/// What tags of the YAML organisation begin with.
pub(super) const STANDARD: &str = "tag:yaml.org,2002:";

/// The value of a scalar; the tag in full, or empty.
pub(super) fn scalar(tag: &str, text: &str, style: Style) -> Result<Value, String> {
    let short = match tag {
        "" => "",
        _ => match tag.strip_prefix(STANDARD) {
            Some(short @ ("str" | "binary" | "bool" | "int" | "float" | "timestamp" | "null")) => {
                short
            }
            _ => return Err(format!("unsupported tag {}", crate::strings::quoted(tag))),
        },
    };
    let unread = || {
        Err(format!(
            "cannot parse {} as {tag}",
            crate::strings::quoted(text)
        ))
    };
    match short {
        "str" => return Ok(Value::string(text)),
        "binary" => {
            let plain: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
            return match ENGINE.decode(plain) {
                Ok(_) => Ok(Value::string(text)),
                Err(_) => Err(format!(
                    "cannot parse {} as {tag}: not valid base64",
                    crate::strings::quoted(text)
                )),
            };
        }
        _ => {}
    }
    // Most texts can only be strings, which their first character tells.
    let begins_special = text
        .chars()
        .next()
        .is_none_or(|c| c.is_ascii_digit() || "+-yYnNtTfFoO~.".contains(c));
    if begins_special {
        if style == Style::Quoted {
            return Ok(Value::string(text));
        }
        if let Some(value) = word(text) {
            return Ok(value);
        }
        if short.is_empty() && matches!(text, ".nan" | ".NaN" | ".NAN") {
            return Err("floating point NaN is not supported".to_owned());
        }
        if matches!(short, "" | "timestamp")
            && let Some(time) = timestamp::read(text)
        {
            return Ok(Value::string(time));
        }
        if is_decimal(text) {
            return match Number::parse(text) {
                Ok(number) => Ok(Value::number(number)),
                Err(_) => unread_number(text, "float"),
            };
        }
        if let Some(digits) = text.strip_prefix("0o")
            && is_digits(digits, 8)
        {
            return in_base(digits, 8).map_or_else(|| unread_number(text, "int"), Ok);
        }
        if let Some(digits) = text.strip_prefix("0x")
            && is_digits(digits, 16)
        {
            return in_base(digits, 16).map_or_else(|| unread_number(text, "int"), Ok);
        }
    }
    match short {
        "" => Ok(Value::string(text)),
        "null" => Ok(Value::null(Type::Dynamic)),
        "int" | "float" => match loose_number(&text.replace('_', "")) {
            Some(value) => Ok(value),
            None => unread(),
        },
        _ => unread(),
    }
}

fn unread_number(text: &str, kind: &str) -> Result<Value, String> {
    Err(format!(
        "cannot parse {} as {STANDARD}{kind}",
        crate::strings::quoted(text)
    ))
}

/// The words that are not strings.
fn word(text: &str) -> Option<Value> {
    Some(match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Value::bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Value::bool(false)
        }
        "" | "~" | "null" | "Null" | "NULL" => Value::null(Type::Dynamic),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Value::number(Number::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Value::number(Number::NEG_INFINITY),
        _ => return None,
    })
}

/// A sign, digits with a point among them, and an exponent.
fn is_decimal(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, Some(exponent)),
        None => (text, None),
    };
    let all = |text: &str| is_digits(text, 10);
    let mantissa = match digits.split_once('.') {
        Some(("", fraction)) => all(fraction),
        Some((whole, fraction)) => all(whole) && (fraction.is_empty() || all(fraction)),
        None => all(digits),
    };
    mantissa
        && exponent
            .is_none_or(|exponent| all(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

fn is_digits(text: &str, base: u32) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_digit(base))
}

fn in_base(digits: &str, base: u32) -> Option<Value> {
    u64::from_str_radix(digits, base)
        .ok()
        .map(|n| Value::number(Number::from(n)))
}

/// A number as a tag asks for it: decimal, or a machine integer with the prefix of its base.
fn loose_number(text: &str) -> Option<Value> {
    if is_decimal(text) {
        return Number::parse(text).ok().map(Value::number);
    }
    let (negative, plain) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let prefix = plain.get(..2)?.to_ascii_lowercase();
    let digits = plain.get(2..)?;
    let base = match prefix.as_str() {
        "0x" => 16,
        "0o" => 8,
        "0b" => 2,
        _ => return None,
    };
    if !is_digits(digits, base) {
        return None;
    }
    if negative {
        let value = i64::from_str_radix(&format!("-{digits}"), base).ok()?;
        return Some(Value::number(Number::from(value)));
    }
    in_base(digits, base)
}
