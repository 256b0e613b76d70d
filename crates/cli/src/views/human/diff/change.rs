//! What plan JSON says of a change, at some place in the value.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use trueup_plan::Action;
use trueup_plan::json::Json;

use super::Paths;

/// A change at some place in a value. A null may stand for "null" or for "not there"; the two flags tell.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// `before` was there, even if null.
    pub before_explicit: bool,
    /// `after` is there, even if null.
    pub after_explicit: bool,
    /// The value before.
    pub before: Json,
    /// The value after, without what is unknown.
    pub after: Json,
    /// `true` where the value after is unknown, in its shape.
    pub unknown: Json,
    /// `true` where the value before is sensitive, in its shape.
    pub before_sensitive: Json,
    /// `true` where the value after is sensitive, in its shape.
    pub after_sensitive: Json,
    /// Where a change forces a replacement.
    pub replace: Paths,
    /// What is of interest; the rest is shown as unchanged.
    pub relevant: Paths,
}

impl Change {
    /// Whether the value after is unknown as a whole.
    pub fn is_unknown(&self) -> bool {
        self.unknown.is_true()
    }

    /// Whether the value before is sensitive as a whole.
    pub fn was_sensitive(&self) -> bool {
        self.before_sensitive.is_true()
    }

    /// Whether the value after is sensitive as a whole.
    pub fn is_sensitive(&self) -> bool {
        self.after_sensitive.is_true()
    }

    /// What happens to a value without parts.
    pub fn action(&self) -> Action {
        let had = self.before_explicit || !self.before.is_null();
        let has = self.after_explicit || !self.after.is_null();
        match (had, has) {
            (false, true) => Action::Create,
            (true, false) => Action::Delete,
            _ if self.before == self.after
                && self.before_explicit == self.after_explicit
                && self.was_sensitive() == self.is_sensitive() =>
            {
                Action::NoOp
            }
            _ => Action::Update,
        }
    }

    /// What happens to a value with parts, before its parts are looked at.
    pub fn action_of_whole(&self) -> Action {
        match (self.before.is_null(), self.after.is_null()) {
            (true, false) => Action::Create,
            (false, true) => Action::Delete,
            _ => Action::NoOp,
        }
    }

    /// The same place with nothing changed.
    pub fn as_unchanged(&self) -> Self {
        Self {
            after_explicit: self.before_explicit,
            after: self.before.clone(),
            unknown: Json::Bool(false),
            after_sensitive: self.before_sensitive.clone(),
            ..self.clone()
        }
    }

    /// The same place with the value before deleted.
    pub fn as_delete(&self) -> Self {
        Self {
            before_explicit: self.before_explicit,
            before: self.before.clone(),
            before_sensitive: self.before_sensitive.clone(),
            replace: self.replace.clone(),
            relevant: self.relevant.clone(),
            ..Self::default()
        }
    }

    /// The same place with the value after created.
    pub fn as_create(&self) -> Self {
        Self {
            after_explicit: self.after_explicit,
            after: self.after.clone(),
            unknown: self.unknown.clone(),
            after_sensitive: self.after_sensitive.clone(),
            replace: self.replace.clone(),
            relevant: self.relevant.clone(),
            ..Self::default()
        }
    }

    /// The change, or none where this place is of no interest.
    pub fn if_relevant(self) -> Self {
        if self.relevant.matches_partly() {
            self
        } else {
            self.as_unchanged()
        }
    }

    /// The names of the members before, after and unknown.
    pub fn keys(&self) -> BTreeSet<Arc<str>> {
        [&self.before, &self.after, &self.unknown]
            .into_iter()
            .filter_map(Json::as_object)
            .flat_map(BTreeMap::keys)
            .cloned()
            .collect()
    }

    /// The change of a member.
    pub fn member(&self, name: &str) -> Self {
        let find = |whole: &Json| whole.get(name).cloned();
        let (before, after) = (find(&self.before), find(&self.after));
        Self {
            before_explicit: before.is_some(),
            after_explicit: after.is_some(),
            before: before.unwrap_or_default(),
            after: after.unwrap_or_default(),
            unknown: find(&self.unknown).unwrap_or_default(),
            before_sensitive: find(&self.before_sensitive).unwrap_or_default(),
            after_sensitive: find(&self.after_sensitive).unwrap_or_default(),
            replace: self.replace.member(name),
            relevant: self.relevant.member(name),
        }
    }

    /// The change of an element, given where it was and where it is.
    pub fn element(&self, before_at: Option<usize>, after_at: Option<usize>) -> Self {
        let find = |whole: &Json, at: Option<usize>| whole.as_array()?.get(at?).cloned();
        let before = find(&self.before, before_at);
        let after = find(&self.after, after_at);
        let at = match (&before, before_at) {
            (Some(_), Some(at)) => at,
            _ => after_at.unwrap_or_default(),
        };
        Self {
            before_explicit: before.is_some(),
            after_explicit: after.is_some(),
            before: before.unwrap_or_default(),
            after: after.unwrap_or_default(),
            unknown: find(&self.unknown, after_at).unwrap_or_default(),
            before_sensitive: find(&self.before_sensitive, before_at).unwrap_or_default(),
            after_sensitive: find(&self.after_sensitive, after_at).unwrap_or_default(),
            replace: self.replace.element(at),
            relevant: self.relevant.element(at),
        }
    }

    /// The elements before; none where it was no list.
    pub fn elements_before(&self) -> &[Json] {
        self.before.as_array().unwrap_or_default()
    }

    /// The elements after; none where it is no list.
    pub fn elements_after(&self) -> &[Json] {
        self.after.as_array().unwrap_or_default()
    }
}
