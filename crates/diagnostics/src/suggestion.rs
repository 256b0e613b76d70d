//! "Did you mean": the known name nearest to a mistyped one.

/// The first candidate that fewer than three edits (a character inserted, removed or replaced) turn into
/// `given`. Terraform uses the same bound and also takes the first, so candidates come in the order in which
/// they should be preferred.
pub fn did_you_mean<'a>(
    given: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    const NEAR: usize = 3;
    let given: Vec<char> = given.chars().collect();
    let mut row = Vec::new();
    candidates
        .into_iter()
        .find(|candidate| distance(&given, candidate, &mut row) < NEAR)
}

/// The number of edits between two names (Levenshtein). `row` is room that is used again.
fn distance(given: &[char], candidate: &str, row: &mut Vec<usize>) -> usize {
    row.clear();
    row.extend(0..=given.len());
    for (at, theirs) in candidate.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, ours) in given.iter().enumerate() {
            let replaced = diagonal + usize::from(*ours != theirs);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[given.len()]
}
