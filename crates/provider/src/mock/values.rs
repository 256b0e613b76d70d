//! Made-up values: what an attribute gets where neither configuration nor test says.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use trueup_value::{Type, Value};

/// Makes values up. Texts follow from the seed, the object and the place in it, so that a plan that is made
/// twice says the same.
#[derive(Clone)]
pub struct Made {
    state: u64,
}

const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// How long made-up texts are.
const LENGTH: usize = 8;

impl Made {
    /// For one place of one object.
    pub fn at(seed: &[u8; 16], object: &str, place: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        (seed, object, place).hash(&mut hasher);
        Self {
            state: hasher.finish(),
        }
    }

    /// A value of a type: a short random text, 0, false, an empty collection, an object of such values.
    pub fn value(&mut self, ty: &Type) -> Value {
        match ty {
            Type::Dynamic => Value::dynamic_null(),
            Type::Bool => Value::bool(false),
            Type::Number => Value::number(0),
            Type::String => Value::string(self.text()),
            Type::List(elem) => Value::list((**elem).clone(), Vec::new()),
            Type::Set(elem) => Value::set((**elem).clone(), Vec::new()),
            Type::Map(elem) => Value::map((**elem).clone(), BTreeMap::new()),
            Type::Tuple(elems) => Value::tuple(elems.iter().map(|elem| self.value(elem)).collect()),
            Type::Object(object) => {
                let members = object.attributes.iter();
                let members: BTreeMap<Arc<str>, Value> = members
                    .map(|(name, ty)| (name.clone(), self.value(ty)))
                    .collect();
                Value::object(members)
            }
        }
    }

    fn text(&mut self) -> String {
        let mut text = String::with_capacity(LENGTH);
        for _ in 0..LENGTH {
            // The steps of splitmix64: short, and good enough for names nobody guesses at.
            self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut bits = self.state;
            bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            bits ^= bits >> 31;
            text.push(char::from(LETTERS[(bits % 36) as usize]));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_follow_from_seed_and_place() {
        let made =
            |place| Made::at(&[7; 16], "aws_dynamodb_table.orders", place).value(&Type::String);
        assert!(made("arn").raw_equals(&made("arn")));
        assert!(!made("arn").raw_equals(&made("id")));
        assert_eq!(made("id").as_str().map(str::len), Some(8));
    }

    #[test]
    fn collections_are_empty_and_objects_are_filled() {
        let ty = Type::object([("n", Type::Number), ("l", Type::list(Type::Bool))]);
        let value = Made::at(&[0; 16], "", "").value(&ty);
        assert_eq!(value.member("l").and_then(Value::length), Some(0));
        assert_eq!(value.ty(), ty);
    }
}
