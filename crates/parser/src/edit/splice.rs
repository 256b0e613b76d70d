//! Bytes in the place of others.

use std::ops::Range;

/// A text in the place of some bytes; of none where it is only put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Splice {
    pub(super) range: Range<usize>,
    pub(super) text: String,
}

/// Makes all changes at once; those at the same place in the order they were asked for. Nothing where two of them are
/// for the same bytes.
pub(super) fn apply(text: &str, mut splices: Vec<Splice>) -> Option<String> {
    splices.sort_by_key(|splice| (splice.range.start, splice.range.end));
    let mut changed = String::with_capacity(text.len());
    let mut at = 0;
    for splice in splices {
        if splice.range.start < at {
            return None;
        }
        changed.push_str(text.get(at..splice.range.start)?);
        changed.push_str(&splice.text);
        at = splice.range.end;
    }
    changed.push_str(text.get(at..)?);
    Some(changed)
}
