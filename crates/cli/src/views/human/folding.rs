//! Long runs of alike changes, told by their first few and a count.
//!
//! Only what makes or changes objects is folded. A deletion, a replacement, an import, a move and what leaves the
//! state are always shown one by one: they are what a reader must not miss.

use std::collections::{BTreeSet, HashMap};

use trueup_addrs::AbsResource;
use trueup_plan::{Action, ResourceChange};

use super::diff::{Diff, Kind};

/// From how many alike changes on they are folded, unless the user says otherwise.
pub const FOLD_ABOVE: usize = 20;

/// How many of a folded group are shown in full.
const SHOWN: usize = 3;

/// What makes changes alike: the block, what is done, and which attributes change.
type Alike<'a> = (&'a AbsResource, Action, BTreeSet<&'a str>);

/// How the changes of a list are shown, in its order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Shown {
    /// In full.
    Whole,
    /// Not at all.
    Hidden,
    /// In full, followed by this line about those that are hidden.
    WholeThen(String),
}

/// Decides how each change is shown: where more than `above` are alike, all but the first few are hidden. Nothing is
/// where `above` is 0.
pub fn fold(changes: &[(&ResourceChange, &Diff)], above: usize) -> Vec<Shown> {
    let mut groups: HashMap<Alike, Vec<usize>> = HashMap::new();
    if above > 0 {
        for (at, (change, diff)) in changes.iter().enumerate() {
            if let Some(alike) = alike(change, diff) {
                groups.entry(alike).or_default().push(at);
            }
        }
    }
    let mut shown = vec![Shown::Whole; changes.len()];
    for ((resource, action, _), places) in groups {
        if places.len() <= above.max(SHOWN) {
            continue;
        }
        let (whole, hidden) = places.split_at(SHOWN);
        for at in hidden {
            shown[*at] = Shown::Hidden;
        }
        let (Some(before), Some(first), Some(last)) = (whole.last(), hidden.first(), hidden.last())
        else {
            continue;
        };
        let key = |at: &usize| changes[*at].0.addr.key.to_string();
        shown[*before] = Shown::WholeThen(format!(
            "  # {resource}: {} more will be {} alike, {} to {}\n  # ({} in all; -fold=0 shows each of them)\n",
            grouped(hidden.len()),
            match action {
                Action::Create => "created",
                Action::Read => "read during apply",
                _ => "updated in-place",
            },
            key(first),
            key(last),
            grouped(places.len()),
        ));
    }
    shown
}

fn alike<'a>(change: &'a ResourceChange, diff: &'a Diff) -> Option<Alike<'a>> {
    let may_be_hidden = matches!(
        change.action,
        Action::Create | Action::Update | Action::Read
    ) && change.importing.is_none()
        && !change.is_moved()
        && change.deposed.is_none();
    let changed = match (&diff.kind, change.action) {
        (Kind::Block(body), Action::Update) => {
            let attributes = body.attributes.iter();
            let attributes = attributes.filter(|(_, diff)| diff.action != Action::NoOp);
            let blocks = body.blocks.iter().filter(|(_, group)| {
                let mut blocks = group.blocks.iter();
                blocks.any(|(_, diff)| diff.action != Action::NoOp)
            });
            attributes
                .map(|(name, _)| name.as_str())
                .chain(blocks.map(|(name, _)| name.as_str()))
                .collect()
        }
        _ => BTreeSet::new(),
    };
    may_be_hidden.then_some((&change.addr.resource, change.action, changed))
}

/// A number with a comma after each three digits.
pub fn grouped(number: impl ToString) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn numbers_are_grouped_by_three() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }
}
