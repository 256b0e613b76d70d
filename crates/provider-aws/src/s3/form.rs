//! Between S3's documents and values: texts, numbers, flags and what is left out.

use trueup_aws::xml::Element;
use trueup_value::Value;

use crate::members::{filled, flag, whole};

/// A text, "" where there is none: as states keep what S3 does not say.
pub(super) fn text(said: Option<&str>) -> Value {
    Value::string(said.unwrap_or_default())
}

/// The text of an element in a document.
pub(super) fn text_in(document: &Element, name: &str) -> Value {
    text(document.text_of(name))
}

/// The flag of an element in a document; false where there is none.
pub(super) fn flag_in(document: &Element, name: &str) -> Value {
    Value::bool(document.text_of(name).is_some_and(|text| text == "true"))
}

/// The number of an element in a document.
pub(super) fn number_of(document: &Element, name: &str) -> Option<i64> {
    document.text_of(name)?.trim().parse().ok()
}

/// The same as a value, 0 where there is none.
pub(super) fn number_in(document: &Element, name: &str) -> Value {
    Value::number(number_of(document, name).unwrap_or(0))
}

/// What a value says, put into a document.
pub(super) trait Say: Sized {
    /// The text of a member, where it has one.
    fn say_text(self, name: &str, value: &Value, member: &str) -> Self;
    /// The number of a member, where it is above 0.
    fn say_number(self, name: &str, value: &Value, member: &str) -> Self;
    /// The flag of a member, false where it is not said.
    fn say_flag(self, name: &str, value: &Value, member: &str) -> Self;
    /// An element, where there is one.
    fn say(self, element: Option<Element>) -> Self;
}

impl Say for Element {
    fn say_text(self, name: &str, value: &Value, member: &str) -> Self {
        match filled(value, member) {
            Some(text) => self.leaf(name, text),
            None => self,
        }
    }

    fn say_number(self, name: &str, value: &Value, member: &str) -> Self {
        match whole(value, member).filter(|number| *number > 0) {
            Some(number) => self.leaf(name, number),
            None => self,
        }
    }

    fn say_flag(self, name: &str, value: &Value, member: &str) -> Self {
        self.leaf(name, flag(value, member).unwrap_or_default())
    }

    fn say(self, element: Option<Element>) -> Self {
        match element {
            Some(element) => self.with(element),
            None => self,
        }
    }
}
