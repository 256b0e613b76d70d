//! Text for URLs.

use trueup_value::Value;

use crate::function::{Function, Parameter, Shape};

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
