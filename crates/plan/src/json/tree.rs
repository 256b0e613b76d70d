//! A JSON tree whose numbers keep their digits, and its text as Go writes it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// A JSON value. Cloning is cheap: compound parts are shared.
#[derive(Clone, Default, PartialEq, Eq, Hash, Debug)]
pub enum Json {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number by its digits.
    Number(Arc<str>),
    /// A string.
    String(Arc<str>),
    /// An array.
    Array(Arc<Vec<Json>>),
    /// An object of the configuration's making, written in the order of its keys.
    Object(Arc<BTreeMap<Arc<str>, Json>>),
    /// An object of a document's making, written in this order.
    Fields(Arc<Vec<(&'static str, Json)>>),
}

impl Json {
    /// A string.
    pub fn string(text: impl AsRef<str>) -> Self {
        Self::String(text.as_ref().into())
    }

    /// A whole number.
    pub fn number(number: u64) -> Self {
        Self::Number(number.to_string().into())
    }

    /// An array.
    pub fn array(elements: impl IntoIterator<Item = Json>) -> Self {
        Self::Array(Arc::new(elements.into_iter().collect()))
    }

    /// An object, written in the order of its keys.
    pub fn object<K: Into<Arc<str>>>(members: impl IntoIterator<Item = (K, Json)>) -> Self {
        Self::Object(Arc::new(
            members
                .into_iter()
                .map(|(key, value)| (key.into(), value))
                .collect(),
        ))
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether it is `true`.
    pub fn is_true(&self) -> bool {
        matches!(self, Self::Bool(true))
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The elements of an array.
    pub fn as_array(&self) -> Option<&[Json]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The members of an object.
    pub fn as_object(&self) -> Option<&BTreeMap<Arc<str>, Json>> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The member `key` of an object.
    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Self::Object(members) => members.get(key),
            Self::Fields(fields) => fields
                .iter()
                .find(|(name, _)| *name == key)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text on one line, HTML characters escaped.
    pub fn to_line(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, None, 0);
        text
    }

    /// The text with an indent of two for each level, HTML characters escaped.
    pub fn to_pretty(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, Some("  "), 0);
        text
    }

    fn write(&self, out: &mut String, indent: Option<&str>, level: usize) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(digits) => out.push_str(digits),
            Self::String(text) => write_string(out, text),
            Self::Array(elements) => {
                out.push('[');
                for (n, element) in elements.iter().enumerate() {
                    separate(out, n, indent, level + 1);
                    element.write(out, indent, level + 1);
                }
                close(out, ']', elements.is_empty(), indent, level);
            }
            Self::Object(members) => {
                let members = members.iter().map(|(key, value)| (&**key, value));
                write_members(out, members, indent, level);
            }
            Self::Fields(fields) => {
                let members = fields.iter().map(|(key, value)| (*key, value));
                write_members(out, members, indent, level);
            }
        }
    }
}

fn write_members<'a>(
    out: &mut String,
    members: impl Iterator<Item = (&'a str, &'a Json)>,
    indent: Option<&str>,
    level: usize,
) {
    out.push('{');
    let mut count = 0;
    for (key, value) in members {
        separate(out, count, indent, level + 1);
        write_string(out, key);
        out.push_str(if indent.is_some() { ": " } else { ":" });
        value.write(out, indent, level + 1);
        count += 1;
    }
    close(out, '}', count == 0, indent, level);
}

fn separate(out: &mut String, n: usize, indent: Option<&str>, level: usize) {
    if n > 0 {
        out.push(',');
    }
    new_line(out, indent, level);
}

fn close(out: &mut String, bracket: char, empty: bool, indent: Option<&str>, level: usize) {
    if !empty {
        new_line(out, indent, level);
    }
    out.push(bracket);
}

fn new_line(out: &mut String, indent: Option<&str>, level: usize) {
    if let Some(indent) = indent {
        out.push('\n');
        for _ in 0..level {
            out.push_str(indent);
        }
    }
}

/// Writes a JSON string as Go's encoder does: `<`, `>`, `&` and the two line separators of Unicode escaped.
pub(crate) fn write_string(out: &mut String, text: &str) {
    out.push('"');
    let mut plain = 0;
    for (at, c) in text.char_indices() {
        let escaped = match c {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\u{8}' => "\\b",
            '\u{c}' => "\\f",
            '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => "",
            _ => continue,
        };
        out.push_str(&text[plain..at]);
        plain = at + c.len_utf8();
        if escaped.is_empty() {
            // Writing to a String never fails.
            let _ = write!(out, "\\u{:04x}", c as u32);
        } else {
            out.push_str(escaped);
        }
    }
    out.push_str(&text[plain..]);
    out.push('"');
}

/// Gathers the fields of a document's object in the order in which they are written.
#[derive(Default)]
pub struct Fields(Vec<(&'static str, Json)>);

impl Fields {
    /// No fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// With this field too.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: Json) -> Self {
        self.0.push((key, value));
        self
    }

    /// With this field too, where there is something to say.
    #[must_use]
    pub fn with_some(mut self, key: &'static str, value: Option<Json>) -> Self {
        self.0.extend(value.map(|value| (key, value)));
        self
    }

    /// With this string too.
    #[must_use]
    pub fn text(self, key: &'static str, text: impl AsRef<str>) -> Self {
        self.with(key, Json::string(text))
    }

    /// The object.
    pub fn json(self) -> Json {
        Json::Fields(Arc::new(self.0))
    }
}
