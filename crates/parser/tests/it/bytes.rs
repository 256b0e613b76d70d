//! Files as bytes: marks, line endings, and bytes that are not UTF-8.

use trueup_diagnostics::{SourceId, Sources};
use trueup_parser::{parse_bytes, parse_file};

/// Summaries with the line, column and byte where each starts.
fn errors(bytes: &[u8]) -> Vec<String> {
    let mut sources = Sources::new();
    let (_, _, diagnostics) = parse_file(&mut sources, "main.tf", bytes);
    diagnostics
        .iter()
        .map(|diagnostic| {
            let (start, _) =
                sources.position(diagnostic.subject.expect("every diagnostic has a place"));
            format!(
                "{} {}:{}:{}",
                diagnostic.summary, start.line, start.column, start.byte
            )
        })
        .collect()
}

#[test]
fn bytes_that_are_not_utf8_are_told_once_and_where_they_are() {
    assert_eq!(
        errors(b"output \"o\" { value = \"\xff\xfe\" }\n"),
        [
            "Invalid character encoding 1:23:22",
            "Unterminated template string 1:23:22"
        ]
    );
    assert_eq!(errors(b"# \xff\na = 1 /* \xc3( */\n"), Vec::<String>::new());
    assert_eq!(
        errors(b"a = 1 \xff\n"),
        [
            "Invalid character encoding 1:7:6",
            "Missing newline after argument 1:7:6"
        ]
    );
    // The character that stands for such bytes is an ordinary one where it was written.
    assert_eq!(errors(b"a = \"\x1a\"\n"), Vec::<String>::new());
}

#[test]
fn a_byte_order_mark_and_carriage_returns_are_accepted() {
    let bytes = b"\xef\xbb\xbfa = 1\r\nb {\r\n  c = [\r\n    2,\r\n  ]\r\n}\r\n";
    let (body, diagnostics) = parse_bytes(SourceId(0), bytes);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!((body.attributes.len(), body.blocks.len()), (1, 1));
    assert_eq!(errors(b"\xef\xbb\xbfa = )\n"), ["Invalid expression 1:5:7"]);
}

#[test]
fn columns_count_characters_as_readers_see_them() {
    assert_eq!(
        errors("a = \"e\u{301}\u{1f468}\u{200d}\u{1f469}\" 1\n".as_bytes()),
        ["Missing newline after argument 1:10:21"]
    );
    assert_eq!(
        errors("a = \"नमस्ते\" 1\n".as_bytes()),
        ["Missing newline after argument 1:12:25"]
    );
}
