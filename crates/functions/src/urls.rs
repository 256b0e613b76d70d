//! Text for URLs.

use trueup_value::Value;

use crate::function::{Function, Parameter, Shape, call_error};

/// `urlencode`
pub static URLENCODE: Function = Function::new(
    "urlencode",
    "A string as it is written in the query of a URL.",
    &[Parameter::string("str", "The string.")],
    Shape::String,
    |call| {
        let mut encoded = String::new();
        for byte in call.text(0).bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                    encoded.push(char::from(byte));
                }
                b' ' => encoded.push('+'),
                byte => encoded.push_str(&format!("%{byte:02X}")),
            }
        }
        Ok(Value::string(encoded))
    },
);

/// `urldecode`
pub static URLDECODE: Function = Function::new(
    "urldecode",
    "The text that is written so in the query of a URL.",
    &[Parameter::string("str", "The text of the query.")],
    Shape::String,
    |call| {
        let text = call.text(0);
        let mut bytes = Vec::with_capacity(text.len());
        let mut rest = text.as_bytes();
        while let Some((byte, after)) = rest.split_first() {
            rest = after;
            match byte {
                b'+' => bytes.push(b' '),
                b'%' => {
                    let digit = |at: usize| {
                        let digit = char::from(*after.get(at)?).to_digit(16)?;
                        u8::try_from(digit).ok()
                    };
                    let (Some(high), Some(low)) = (digit(0), digit(1)) else {
                        let shown: String = text[text.len() - after.len() - 1..]
                            .chars()
                            .take(3)
                            .collect();
                        return Err(call_error(format!(
                            "failed to decode URL {text:?}: invalid URL escape {shown:?}"
                        )));
                    };
                    bytes.push(high * 16 + low);
                    rest = &after[2..];
                }
                byte => bytes.push(*byte),
            }
        }
        String::from_utf8(bytes)
            .map(Value::string)
            .map_err(|_| call_error("the decoded text is not valid UTF-8"))
    },
);
