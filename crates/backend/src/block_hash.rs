//! The number by which Terraform and OpenTofu tell that a backend block has changed.

use serde::{Deserialize, Serialize};
use trueup_value::json::write_string;
use trueup_value::{Value, ValueRef};

use crate::s3;

/// A program that keeps a record in a working folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    Terraform,
    OpenTofu,
}

impl Program {
    pub(crate) const BOTH: [Self; 2] = [Self::Terraform, Self::OpenTofu];

    /// Whether it knows a setting of a backend type.
    pub(crate) fn has(self, kind: &str, name: &str) -> bool {
        self == Self::OpenTofu || kind != "s3" || !s3::OPENTOFUS.contains(&name)
    }

    /// Whether it knows a member of a setting.
    pub(crate) fn has_member(self, kind: &str, name: &str, member: &str) -> bool {
        self == Self::Terraform || kind != "s3" || !s3::NOT_OPENTOFUS.contains(&(name, member))
    }
}

/// The number of a backend block as each program counts it: CRC-32 of type and settings, in the notation that both
/// use. What a program does not know counts only where it is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "u32", into = "u32")]
pub struct BlockHash {
    terraform: u32,
    opentofu: u32,
}

/// A number out of a record, of whichever program.
impl From<u32> for BlockHash {
    fn from(recorded: u32) -> Self {
        Self {
            terraform: recorded,
            opentofu: recorded,
        }
    }
}

/// Terraform's number.
impl From<BlockHash> for u32 {
    fn from(hash: BlockHash) -> Self {
        hash.terraform
    }
}

impl BlockHash {
    /// Of a block with all settings of its schema, unset ones null.
    pub fn new(kind: &str, config: &Value) -> Self {
        Self {
            terraform: count(Program::Terraform, kind, config),
            opentofu: count(Program::OpenTofu, kind, config),
        }
    }

    /// Whether this is the block that a record was made of.
    pub fn is_of(self, recorded: Self) -> bool {
        self.terraform == recorded.terraform || self.opentofu == recorded.opentofu
    }

    pub(crate) fn of(self, program: Program) -> u32 {
        match program {
            Program::Terraform => self.terraform,
            Program::OpenTofu => self.opentofu,
        }
    }
}

fn count(program: Program, kind: &str, config: &Value) -> u32 {
    let config = of_known(&config.without_marks_inside(), |name, value| {
        let known = program.has(kind, name) || !value.is_null();
        known.then(|| {
            of_known(value, |member, value| {
                let known = program.has_member(kind, name, member) || !value.is_null();
                known.then(|| value.clone())
            })
        })
    });
    let mut text = String::from("<");
    hash_text(&Value::string(kind), &mut text);
    text.push(';');
    hash_text(&config, &mut text);
    text.push_str(";>");
    crc32(text.as_bytes())
}

/// An object of those members that are kept; anything else as it is.
fn of_known(value: &Value, kept: impl Fn(&str, &Value) -> Option<Value>) -> Value {
    match value.view() {
        ValueRef::Object(members) => Value::object_from(
            members
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), kept(name, value)?))),
        ),
        _ => value.clone(),
    }
}

fn hash_text(value: &Value, out: &mut String) {
    match value.view() {
        ValueRef::Null(_) => out.push('~'),
        ValueRef::Unknown(..) => out.push('?'),
        ValueRef::Bool(value) => out.push(if value { 'T' } else { 'F' }),
        ValueRef::String(text) => go_quote(text, out),
        ValueRef::Number(number) => out.push_str(&number.format('g', Some(10))),
        ValueRef::List { elements, .. } | ValueRef::Set { elements, .. } => {
            out.push('[');
            for element in elements {
                hash_text(element, out);
                out.push(';');
            }
            out.push(']');
        }
        ValueRef::Tuple(elements) => {
            out.push('<');
            for element in elements {
                hash_text(element, out);
                out.push(';');
            }
            out.push('>');
        }
        ValueRef::Map { elements, .. } => {
            out.push('{');
            for (key, element) in elements {
                go_quote(key, out);
                out.push(':');
                hash_text(element, out);
                out.push(';');
            }
            out.push('}');
        }
        ValueRef::Object(attributes) => {
            out.push('<');
            for value in attributes.values() {
                hash_text(value, out);
                out.push(';');
            }
            out.push('>');
        }
    }
}

/// Go's `%q`. Unlike JSON it leaves `<`, `>` and `&` alone.
fn go_quote(text: &str, out: &mut String) {
    let mut json = String::new();
    write_string(text, &mut json);
    for (escape, plain) in [("\\u003c", "<"), ("\\u003e", ">"), ("\\u0026", "&")] {
        json = json.replace(escape, plain);
    }
    out.push_str(&json);
}

/// CRC-32 as in zip and PNG.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn the_captured_block_gives_the_captured_number() {
        let captured = "<\"s3\";<\"test\";~;~;~;~;\"tfbkt\";~;~;\"tflock\";~;~;~;~;<\"http://127.0.0.1:5056\";~;\"http://127.0.0.1:5056\";~;~;>;~;~;~;~;~;~;\"app/terraform.tfstate\";~;~;~;~;\"us-east-1\";~;\"test\";~;~;~;T;T;T;T;~;~;~;~;~;~;~;~;T;~;>;>";
        assert_eq!(crc32(captured.as_bytes()), 87_834_936);
    }

    #[test]
    fn objects_are_hashed_by_values_only() {
        let config = Value::object_from([
            ("b", Value::string("x<é\"")),
            ("a", Value::bool(true)),
            ("c", Value::dynamic_null()),
        ]);
        let mut text = String::new();
        hash_text(&config, &mut text);
        assert_eq!(text, "<T;\"x<é\\\"\";~;>");
    }
}
