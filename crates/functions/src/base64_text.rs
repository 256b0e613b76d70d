//! Base64 of text.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use trueup_value::Value;

use crate::function::{Call, Function, FunctionError, Shape, call_error};
use crate::strings::STR;

/// Base64 as Go's standard encoding reads it: padding required, bits that are left over ignored.
pub(crate) const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// `base64encode`
pub static BASE64ENCODE: Function = Function::new(
    "base64encode",
    "The bytes of a string in Base64.",
    &[STR],
    Shape::String,
    |call| Ok(Value::string(ENGINE.encode(call.text(0)))),
);

/// `base64decode`
pub static BASE64DECODE: Function = Function::new(
    "base64decode",
    "The text that is written in Base64.",
    &[STR.marked()],
    Shape::String,
    base64decode,
);

fn base64decode(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (value, marks) = call.args[0].unmark();
    let text = value.as_str().unwrap_or_default();
    let plain: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    let bytes = ENGINE.decode(plain).map_err(|_| {
        call_error(if marks.is_empty() {
            format!(
                "failed to decode base64 data {}",
                crate::strings::quoted(text)
            )
        } else {
            "failed to decode base64 data (sensitive value)".to_owned()
        })
    })?;
    let decoded = String::from_utf8(bytes)
        .map_err(|_| call_error("the result of decoding the provided string is not valid UTF-8"))?;
    Ok(Value::string(decoded).with_marks(marks))
}
