//! Which places of a value are meant: those that force a replacement, or that a plan depended on.

use trueup_plan::json::Json;

/// A set of paths into a value, seen from some place in it.
#[derive(Clone, Debug, Default)]
pub struct Paths {
    /// Every place is meant.
    always: bool,
    /// What lies below a meant place is meant too.
    propagate: bool,
    paths: Vec<Vec<Json>>,
}

impl Paths {
    /// Every place.
    pub fn always() -> Self {
        Self {
            always: true,
            ..Self::default()
        }
    }

    /// The given places, each a list of names and positions; with `propagate`, what lies below them too.
    pub fn new(paths: Vec<Vec<Json>>, propagate: bool) -> Self {
        Self {
            always: false,
            propagate,
            paths,
        }
    }

    /// Whether this place is meant.
    pub fn matches(&self) -> bool {
        self.always || self.paths.iter().any(Vec::is_empty)
    }

    /// Whether this place or one below it is meant.
    pub fn matches_partly(&self) -> bool {
        self.always || !self.paths.is_empty()
    }

    /// The set as seen from a member.
    pub fn member(&self, name: &str) -> Self {
        self.below(|step| step.as_str() == Some(name))
    }

    /// The set as seen from an element.
    pub fn element(&self, position: usize) -> Self {
        self.below(|step| match step {
            Json::Number(digits) => digits.parse() == Ok(position),
            _ => false,
        })
    }

    fn below(&self, is_step: impl Fn(&Json) -> bool) -> Self {
        let mut paths = Vec::new();
        for path in &self.paths {
            match path.split_first() {
                None if self.propagate => paths.push(Vec::new()),
                None => {}
                Some((step, rest)) if is_step(step) => paths.push(rest.to_vec()),
                Some(_) => {}
            }
        }
        Self {
            always: self.always,
            propagate: self.propagate,
            paths,
        }
    }
}
