//! JSON text to a [`Json`] tree; numbers keep their digits.

use std::sync::Arc;

use trueup_value::json::{self, Json as Parsed};

use super::Json;

impl Json {
    /// Reads a whole JSON text. `None` where it is not JSON or nests too deep. Of a repeated key the last
    /// value stands.
    pub fn parse(text: &str) -> Option<Json> {
        json::parse(text).ok().map(|parsed| (&parsed).into())
    }
}

impl From<&Parsed<'_>> for Json {
    fn from(parsed: &Parsed<'_>) -> Self {
        match parsed {
            Parsed::Null => Self::Null,
            Parsed::Bool(value) => Self::Bool(*value),
            Parsed::Number(digits) => Self::Number((*digits).into()),
            Parsed::String(text) => Self::string(text),
            Parsed::Array(elements) => Self::array(elements.iter().map(Self::from)),
            Parsed::Object(members) => Self::object(
                members
                    .iter()
                    .map(|(key, value)| (Arc::<str>::from(&**key), Self::from(value))),
            ),
        }
    }
}
