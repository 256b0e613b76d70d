//! What an expression may use beside what every expression may.

use trueup_config::Repetition;

/// Which of the objects that only some places have an expression may use.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) count: bool,
    pub(crate) each: bool,
    /// The resource that `self` stands for.
    pub(crate) own: Option<&'a trueup_config::Resource>,
    /// The `check` block around the expression: only there its data source can be referred to.
    pub(crate) check: Option<&'a str>,
}

pub(crate) const PLAIN: Place<'static> = Place {
    count: false,
    each: false,
    own: None,
    check: None,
};

impl Place<'_> {
    /// What a block that is repeated so may use.
    pub(crate) fn of(repetition: &Repetition) -> Self {
        Self {
            count: matches!(repetition, Repetition::Count(_)),
            each: matches!(repetition, Repetition::ForEach(_)),
            ..PLAIN
        }
    }
}
