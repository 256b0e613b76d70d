//! Marks: small facts that travel with a value through every operation.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

/// A set of marks. It is a few bits: copying and merging cost nothing.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Marks(u8);

impl Marks {
    /// No mark.
    pub const NONE: Marks = Marks(0);
    /// Not to be shown: values declared or derived as sensitive.
    pub const SENSITIVE: Marks = Marks(1);
    /// Lives for one run only and must not be stored.
    pub const EPHEMERAL: Marks = Marks(2);
    /// Comes from something its author has declared deprecated.
    pub const DEPRECATED: Marks = Marks(4);

    /// Whether no mark is set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether every mark of `other` is set here.
    pub const fn contains(self, other: Marks) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any mark of `other` is set here.
    pub const fn intersects(self, other: Marks) -> bool {
        self.0 & other.0 != 0
    }

    /// The marks of both.
    #[must_use]
    pub const fn union(self, other: Marks) -> Marks {
        Marks(self.0 | other.0)
    }

    /// These marks less those of `other`.
    #[must_use]
    pub const fn without(self, other: Marks) -> Marks {
        Marks(self.0 & !other.0)
    }

    /// The marks set in both.
    #[must_use]
    pub const fn intersection(self, other: Marks) -> Marks {
        Marks(self.0 & other.0)
    }
}

impl BitOr for Marks {
    type Output = Marks;

    fn bitor(self, other: Marks) -> Marks {
        self.union(other)
    }
}

impl BitOrAssign for Marks {
    fn bitor_assign(&mut self, other: Marks) {
        *self = self.union(other);
    }
}

impl fmt::Debug for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = [
            (Marks::SENSITIVE, "sensitive"),
            (Marks::EPHEMERAL, "ephemeral"),
            (Marks::DEPRECATED, "deprecated"),
        ];
        f.debug_set()
            .entries(
                named
                    .iter()
                    .filter(|(mark, _)| self.contains(*mark))
                    .map(|(_, name)| name),
            )
            .finish()
    }
}
