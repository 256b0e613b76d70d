//! Refining unknown values.

use std::collections::BTreeMap;
use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use crate::refinements::{Bound, Refinements};
use crate::types::Type;
use crate::value::{Kind, Value, ValueRef};

/// A list of this many elements or fewer is spelled out as unknown elements when its exact length
/// is known; longer ones stay a single unknown with a length.
const LONGEST_SPELLED_OUT: usize = 1024;

impl Value {
    /// What is known about an unknown value; `None` for known values.
    pub fn refinements(&self) -> Option<&Refinements> {
        match self.view() {
            ValueRef::Unknown(_, refinements) => Some(refinements),
            _ => None,
        }
    }

    /// An unknown value with more known about it; other values unchanged. Where both say
    /// something the narrower is kept.
    #[must_use]
    pub fn refine(&self, more: Refinements) -> Value {
        let Kind::Unknown(ty, refinements) = &self.kind else {
            return self.clone();
        };
        let before = refinements.as_deref().cloned().unwrap_or_default();
        refined(ty.clone(), before.narrowed(more)).with_marks(self.marks)
    }

    /// An unknown value that will not be null; other values unchanged.
    #[must_use]
    pub fn refine_not_null(&self) -> Value {
        self.refine(Refinements::not_null())
    }
}

impl Refinements {
    /// What holds when both hold: the narrower of each.
    #[must_use]
    pub fn narrowed(self, more: Refinements) -> Refinements {
        fn narrower(a: Option<Bound>, b: Option<Bound>, upper: bool) -> Option<Bound> {
            match (a, b) {
                (Some(a), Some(b)) => Some(match a.value.cmp(&b.value) {
                    std::cmp::Ordering::Equal => {
                        if a.inclusive {
                            b
                        } else {
                            a
                        }
                    }
                    std::cmp::Ordering::Less => {
                        if upper {
                            a
                        } else {
                            b
                        }
                    }
                    std::cmp::Ordering::Greater => {
                        if upper {
                            b
                        } else {
                            a
                        }
                    }
                }),
                (a, b) => a.or(b),
            }
        }
        Refinements {
            not_null: self.not_null || more.not_null,
            string_prefix: match (self.string_prefix, more.string_prefix) {
                (Some(a), Some(b)) => Some(if b.len() > a.len() { b } else { a }),
                (a, b) => a.or(b),
            },
            number_min: narrower(self.number_min, more.number_min, false),
            number_max: narrower(self.number_max, more.number_max, true),
            length_min: self.length_min.max(more.length_min),
            length_max: match (self.length_max, more.length_max) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            },
        }
    }

    /// Only what makes sense for a type.
    fn fitting(mut self, ty: &Type) -> Refinements {
        if matches!(ty, Type::Dynamic) {
            return Refinements::default();
        }
        if !matches!(ty, Type::String) || self.string_prefix.as_deref() == Some("") {
            self.string_prefix = None;
        }
        if !matches!(ty, Type::Number) {
            self.number_min = None;
            self.number_max = None;
        }
        if !ty.is_collection() {
            self.length_min = None;
            self.length_max = None;
        }
        if self.length_min == Some(0) {
            self.length_min = None;
        }
        self
    }
}

/// The value that the refinements leave: known where they say everything.
pub(crate) fn refined(ty: Type, refinements: Refinements) -> Value {
    let refinements = refinements.fitting(&ty);
    if refinements.not_null {
        if let (Some(min), Some(max)) = (&refinements.number_min, &refinements.number_max)
            && min.inclusive
            && max.inclusive
            && min.value == max.value
        {
            return Value::number(min.value.clone());
        }
        match (&ty, refinements.length_max) {
            (Type::List(element), Some(0)) => return Value::list((**element).clone(), Vec::new()),
            (Type::Set(element), Some(0)) => return Value::set((**element).clone(), Vec::new()),
            (Type::Map(element), Some(0)) => {
                return Value::map((**element).clone(), BTreeMap::new());
            }
            (Type::List(element), Some(max))
                if refinements.length_min == Some(max) && max <= LONGEST_SPELLED_OUT =>
            {
                let unknown = Value::unknown((**element).clone());
                return Value::list((**element).clone(), vec![unknown; max]);
            }
            (Type::Set(element), Some(1)) if refinements.length_min == Some(1) => {
                let unknown = Value::unknown((**element).clone());
                return Value::set((**element).clone(), vec![unknown]);
            }
            _ => {}
        }
    }
    Value::unknown_exactly(ty, refinements)
}

/// A string prefix that is safe to promise: what may still combine with following text is cut off.
/// The last grapheme cluster is dropped, since text that follows may join it.
pub fn safe_prefix(prefix: &str) -> Arc<str> {
    let safe_end = match prefix.grapheme_indices(true).next_back() {
        Some((_, last)) if last.chars().next_back().is_some_and(is_never_joined) => prefix.len(),
        Some((start, _)) => start,
        None => 0,
    };
    Arc::from(&prefix[..safe_end])
}

/// Characters that nothing after them can join by normalisation or clustering rules of ASCII text
/// (a combining mark can follow a letter; after these separators it is not expected).
fn is_never_joined(last: char) -> bool {
    matches!(
        last,
        '-' | '_'
            | ':'
            | ';'
            | '/'
            | '\\'
            | ','
            | '.'
            | '('
            | ')'
            | '{'
            | '}'
            | '|'
            | '?'
            | '!'
            | '~'
            | ' '
            | '\t'
            | '@'
            | '#'
            | '$'
            | '%'
            | '^'
            | '&'
            | '*'
            | '+'
            | '"'
            | '\''
    )
}
