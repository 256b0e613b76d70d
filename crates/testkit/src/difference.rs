//! What differs between two texts, for a person to read.

use similar::{ChangeTag, TextDiff};

/// Lines around a change that stay in sight.
const AROUND: usize = 3;

/// The differing lines with a little around them, `-` wanted and `+` got; empty where the texts are equal.
pub fn difference(wanted: &str, got: &str) -> String {
    let mut said = String::new();
    let diff = TextDiff::from_lines(wanted, got);
    for (at, group) in diff.grouped_ops(AROUND).iter().enumerate() {
        if at > 0 {
            said.push_str("  …\n");
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Delete => "- ",
                ChangeTag::Insert => "+ ",
                ChangeTag::Equal => "  ",
            };
            said.push_str(sign);
            said.push_str(change.value().trim_end_matches('\n'));
            if !change.value().ends_with('\n') {
                said.push_str("  (no newline)");
            }
            said.push('\n');
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_no_difference() {
        assert_eq!(difference("a\nb\n", "a\nb\n"), "");
    }

    #[test]
    fn a_changed_line_stands_between_its_neighbours() {
        assert_eq!(difference("a\nb\nc\n", "a\nx\nc\n"), "  a\n- b\n+ x\n  c\n");
    }

    #[test]
    fn a_missing_newline_is_said() {
        assert!(difference("a\n", "a").contains("(no newline)"));
    }
}
