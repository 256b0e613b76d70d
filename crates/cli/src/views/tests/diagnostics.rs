//! Diagnostics as text and as JSON.

use trueup_diagnostics::{Diagnostic, Diagnostics, FunctionCallNote, Sources, Span};

use super::bodies::{folder, golden};
use crate::views::Style;
use crate::views::human::diagnostic::{Gathered, render};
use crate::views::json::{diagnostic::diagnostic, stream, validate};

const TEXT: &str = "resource \"aws_dynamodb_table\" \"orders\" {\n  name     = \"örders\"\n\n  hash_key = upper(var.key)\n\tttl {\n\t  attribute_name = 1 +\n\n      nothing\n  }\n}\n";

fn sources() -> (Sources, impl Fn(&str) -> Span) {
    let mut sources = Sources::new();
    let id = sources.add("main.tf", TEXT);
    let span = move |part: &str| {
        let start = TEXT.find(part).expect("the part is in the text") as u32;
        Span::new(id, start, start + part.len() as u32)
    };
    (sources, span)
}

fn all() -> (Diagnostics, Sources) {
    let (sources, span) = sources();
    let block = "resource \"aws_dynamodb_table\" \"orders\"";
    let call = FunctionCallNote {
        name: "upper".to_owned(),
        parameters: vec!["str".to_owned()],
        variadic: None,
    };
    let deprecated = |part: &str| {
        Diagnostic::warning("Argument is deprecated", "Use another argument instead.")
            .at(span(part))
            .in_place(block)
    };
    let list = vec![
        Diagnostic::error("Invalid function argument", "Invalid value for \"str\" parameter: a string is required.")
            .at(span("var.key"))
            .within(span("upper(var.key)"))
            .in_place(block)
            .in_call(call)
            .value("var.key", "is null")
            .with_address("aws_dynamodb_table.orders"),
        Diagnostic::error("Unsupported operation", "A sentence long enough that it has to be broken over two lines of a page to be read.\n\n  kept = as it is\n")
            .at(span("1 +\n\n      nothing"))
            .hint("Take the second operand away."),
        Diagnostic::error("Creating table orders failed", "").with_address("aws_dynamodb_table.orders"),
        Diagnostic::error("No credentials", "No way to sign requests was found."),
        deprecated("name"),
        deprecated("hash_key"),
        deprecated("ttl"),
        Diagnostic::warning("Nothing to compare", "").at(Span::new(span("ö").source, 49, 49)),
    ];
    (list.into(), sources)
}

#[test]
fn diagnostics_as_text() {
    let (diagnostics, sources) = all();
    let folder = folder().with_file_name("diagnostics");
    let plain = render(
        &diagnostics,
        &sources,
        Style::PLAIN,
        false,
        Gathered::default(),
    );
    golden(&folder.join("plain.txt"), &plain).expect("plain text is as recorded");
    let coloured = render(
        &diagnostics,
        &sources,
        Style::COLOURED,
        false,
        Gathered::default(),
    );
    let coloured = coloured.replace('\x1b', "␛");
    golden(&folder.join("colour.txt"), &coloured).expect("coloured text is as recorded");
    let warnings: Diagnostics = diagnostics.warnings().cloned().collect();
    let compact = render(&warnings, &sources, Style::PLAIN, true, Gathered::default());
    golden(&folder.join("compact.txt"), &compact).expect("compact text is as recorded");
}

#[test]
fn diagnostics_as_json() {
    let (diagnostics, sources) = all();
    let folder = folder().with_file_name("diagnostics");
    let text = format!("{}\n", validate(&diagnostics, &sources));
    golden(&folder.join("validate.json"), &text).expect("the document is as recorded");
    let one = diagnostics.iter().next().expect("there are diagnostics");
    let line = stream::diagnostic(one, &sources, "2026-01-01T00:00:00.000000Z");
    assert!(line.starts_with("{\"@level\":\"error\",\"@message\":\"Error: Invalid function argument\",\"@module\":\"terraform.ui\",\"@timestamp\":\"2026-01-01T00:00:00.000000Z\",\"diagnostic\":{\"severity\":\"error\","));
    assert!(line.ends_with(",\"type\":\"diagnostic\"}"));
}

#[test]
fn spans_that_fit_no_text_do_no_harm() {
    let (sources, span) = sources();
    let id = span("name").source;
    for (start, end) in [(0, 0), (900, 901), (50, 20), (49, 50), (10, u32::MAX)] {
        let one = Diagnostic::error("Odd", "").at(Span::new(id, start, end));
        let _ = diagnostic(&one, &sources).to_line();
        let _ = render(
            &one.into(),
            &sources,
            Style::PLAIN,
            false,
            Gathered::default(),
        );
    }
}

/// The letters of a line that are seen: without the sequences of colours.
fn seen(line: &str) -> usize {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().map_or(0, |part| part.chars().count());
    let rest = parts.filter_map(|part| part.split_once('m'));
    first + rest.map(|(_, text)| text.chars().count()).sum::<usize>()
}

#[test]
fn text_follows_the_terminals_width() {
    let long = Diagnostic::error("Too long", "word ".repeat(60).trim_end());
    for columns in [24, 50, 78, 120] {
        for color in [false, true] {
            let style = Style {
                color,
                columns: Some(columns),
            };
            let diagnostics: Diagnostics = long.clone().into();
            let gathered = Gathered::default();
            let text = render(&diagnostics, &Sources::new(), style, false, gathered);
            let longest = text.lines().map(seen).max().unwrap_or_default();
            let columns = usize::from(columns);
            assert!(longest <= columns, "{columns}: {longest}\n{text}");
            assert!(longest + 9 > columns, "{columns}: {longest}\n{text}");
        }
    }
}
