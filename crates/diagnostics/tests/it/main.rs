//! Tests of places, bags and suggestions.

use trueup_diagnostics::{
    Diagnostic, Diagnostics, Pos, Severity, SourceId, Sources, Span, did_you_mean,
};

fn columns(text: &str) -> Vec<(u32, u32, u32)> {
    let mut sources = Sources::new();
    let id = sources.add("main.tf", text);
    let source = sources.get(id);
    (0..=text.len())
        .filter(|at| text.is_char_boundary(*at))
        .map(|at| source.position(at as u32))
        .map(|Pos { line, column, byte }| (line, column, byte))
        .collect()
}

#[test]
fn lines_and_columns_start_at_one_and_bytes_at_zero() {
    assert_eq!(
        columns("ab\nc"),
        [(1, 1, 0), (1, 2, 1), (1, 3, 2), (2, 1, 3), (2, 2, 4)]
    );
    assert_eq!(columns(""), [(1, 1, 0)]);
    assert_eq!(
        columns("a\r\nb"),
        [(1, 1, 0), (1, 2, 1), (1, 3, 2), (2, 1, 3), (2, 2, 4)]
    );
    assert_eq!(columns("\n"), [(1, 1, 0), (2, 1, 1)]);
}

#[test]
fn columns_count_grapheme_clusters() {
    // An accent of its own, a family, a flag: one column each.
    assert_eq!(columns("e\u{301}x").last(), Some(&(1, 3, 4)));
    assert_eq!(
        columns("\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}x").last(),
        Some(&(1, 3, 19))
    );
    assert_eq!(columns("\u{1f1e9}\u{1f1ea}x").last(), Some(&(1, 3, 9)));
    // Each consonant of a conjunct is one, as before Unicode 15.1.
    assert_eq!(
        columns("\u{928}\u{92e}\u{938}\u{94d}\u{924}\u{947}").last(),
        Some(&(1, 5, 18))
    );
    // A byte order mark is none.
    assert_eq!(columns("\u{feff}ab").last(), Some(&(1, 3, 5)));
}

#[test]
fn offsets_that_do_not_fit_are_moved_into_the_text() {
    let mut sources = Sources::new();
    let id = sources.add("main.tf", "é\n");
    assert_eq!(sources.get(id).position(1).column, 1);
    assert_eq!(sources.get(id).position(99).line, 2);
    assert_eq!(sources.get(id).slice(Span::new(id, 1, 2)), "");
    assert_eq!(sources.position(Span::new(SourceId(9), 3, 4)).0.line, 1);
}

#[test]
fn lines_come_without_their_ending() {
    let mut sources = Sources::new();
    let id = sources.add("main.tf", "a = 1\r\n\nb\n");
    let source = sources.get(id);
    let lines: Vec<&str> = (0..6).map(|number| source.line(number)).collect();
    assert_eq!(lines, ["", "a = 1", "", "b", "", ""]);
    assert_eq!(source.line_count(), 4);
    assert_eq!(
        (
            source.line_start(1),
            source.line_start(3),
            source.line_start(9)
        ),
        (0, 8, 10)
    );
}

#[test]
fn places_name_file_line_and_columns() {
    let mut sources = Sources::new();
    let id = sources.add("orders.tf", "a = 1\nb = 2\n");
    assert_eq!(sources.place(Span::new(id, 4, 5)), "orders.tf:1,5-6");
    assert_eq!(sources.place(Span::new(id, 4, 7)), "orders.tf:1,5-2,2");
}

#[test]
fn spans_are_joined_within_one_source() {
    let (a, b) = (Span::new(SourceId(0), 2, 4), Span::new(SourceId(0), 8, 9));
    assert_eq!(a.to(b), Span::new(SourceId(0), 2, 9));
    assert_eq!(b.to(a), a.to(b));
    assert_eq!(a.to(Span::new(SourceId(1), 0, 100)), a);
    assert!(a.to(b).contains(b) && !a.contains(b));
    assert_eq!(
        (a.empty_at_start().start, a.empty_at_end().start, a.len()),
        (2, 4, 2)
    );
}

#[test]
fn a_bag_keeps_order_and_knows_errors() {
    let mut bag = Diagnostics::new();
    bag.push(Diagnostic::warning("Old", ""));
    assert!(!bag.has_errors());
    bag.extend(Diagnostics::from(
        Diagnostic::error("Bad", "It is bad.").hint("Make it good."),
    ));
    let severities: Vec<Severity> = bag.iter().map(|diagnostic| diagnostic.severity).collect();
    assert_eq!(severities, [Severity::Warning, Severity::Error]);
    assert_eq!(
        (bag.errors().count(), bag.warnings().count(), bag.len()),
        (1, 1, 2)
    );
    assert_eq!(bag.clone().or_value(1), Err(bag));
    assert_eq!(Diagnostics::new().or_value(1), Ok((1, Diagnostics::new())));
}

#[test]
fn suggestions_are_at_most_two_edits_away_and_the_first_wins() {
    let names = ["billing_mode", "hash_key", "range_key", "name"];
    assert_eq!(did_you_mean("biling_mode", names), Some("billing_mode"));
    assert_eq!(did_you_mean("hsah_key", names), Some("hash_key"));
    assert_eq!(did_you_mean("nam", names), Some("name"));
    assert_eq!(did_you_mean("stream", names), None);
    assert_eq!(did_you_mean("ab", ["xb", "ab"]), Some("xb"));
    assert_eq!(did_you_mean("", ["id"]), Some("id"));
}
