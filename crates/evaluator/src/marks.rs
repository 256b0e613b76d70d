//! Marks around a provider: it is given plain values, and its answers are marked again.

use trueup_schema::Block;
use trueup_value::{Marks, Path, Value};

/// Where a value is marked, from the value itself: to be put back on what a provider answers.
pub type Marked = Vec<(Path, Marks)>;

/// The value with the given marks and those that its schema asks for.
pub fn marked(schema: &Block, value: &Value, marks: &Marked) -> Value {
    if value.is_null() {
        return value.clone();
    }
    let by_schema = schema.sensitive_paths(value);
    if by_schema.is_empty() && marks.is_empty() {
        return value.clone();
    }
    if !schema.has_write_only() {
        return value.mark_paths(&by_schema).mark_paths(marks);
    }
    // Nothing is kept of write-only attributes, so that there is nothing to mark.
    let kept: Marked = by_schema
        .into_iter()
        .chain(marks.iter().cloned())
        .filter(|(path, _)| !schema.is_write_only(path))
        .collect();
    value.mark_paths(&kept)
}

/// Whether two values are marked as sensitive in the same places.
pub fn same_marks(left: &Value, right: &Value) -> bool {
    let sensitive = |value: &Value| -> Vec<Path> {
        let mut paths: Vec<Path> = value
            .unmark_deep()
            .1
            .into_iter()
            .filter(|(_, marks)| marks.contains(Marks::SENSITIVE))
            .map(|(path, _)| path)
            .collect();
        paths.sort_by_key(ToString::to_string);
        paths
    };
    if !left.contains_marked() && !right.contains_marked() {
        return true;
    }
    sensitive(left) == sensitive(right)
}
