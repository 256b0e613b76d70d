//! What is known about an unknown value: not null, a prefix, bounds.

use std::sync::Arc;

use crate::number::Number;

/// One end of a number range.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bound {
    /// The limit itself.
    pub value: Number,
    /// Whether the limit itself is possible.
    pub inclusive: bool,
}

/// What an unknown value is known to obey once it becomes known. The default says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Refinements {
    /// The value will not be null.
    pub not_null: bool,
    /// The string will begin with this.
    pub string_prefix: Option<Arc<str>>,
    /// The number will be at least (or above) this.
    pub number_min: Option<Bound>,
    /// The number will be at most (or below) this.
    pub number_max: Option<Bound>,
    /// The collection will have at least so many elements.
    pub length_min: Option<usize>,
    /// The collection will have at most so many elements.
    pub length_max: Option<usize>,
}

/// The refinements of an unknown about which nothing is known.
pub(crate) static UNREFINED: Refinements = Refinements {
    not_null: false,
    string_prefix: None,
    number_min: None,
    number_max: None,
    length_min: None,
    length_max: None,
};

impl Refinements {
    /// Only "not null".
    pub fn not_null() -> Refinements {
        Refinements {
            not_null: true,
            ..UNREFINED.clone()
        }
    }

    /// Not null and beginning with `prefix`.
    pub fn prefix(prefix: impl Into<Arc<str>>) -> Refinements {
        Refinements {
            not_null: true,
            string_prefix: Some(prefix.into()),
            ..UNREFINED.clone()
        }
    }

    /// Not null and with a length within the bounds, both inclusive.
    pub fn length(min: usize, max: Option<usize>) -> Refinements {
        Refinements {
            not_null: true,
            length_min: Some(min),
            length_max: max,
            ..UNREFINED.clone()
        }
    }

    /// Not null and at least `min`, itself included.
    pub fn at_least(min: impl Into<Number>) -> Refinements {
        Refinements {
            not_null: true,
            number_min: Some(Bound {
                value: min.into(),
                inclusive: true,
            }),
            ..UNREFINED.clone()
        }
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == UNREFINED
    }
}
