//! Properties of every text: nothing panics, tokens cover the text, spans lie in it and in each other.

use proptest::prelude::*;
use trueup_diagnostics::{Diagnostics, SourceId, Span};
use trueup_parser::{Body, Expr, Start, TokenKind, fuzz_one, parse_body, parse_expression, tokens};

/// Pieces that texts are put together from, so that most come near to being right.
const PIECES: &[&str] = &[
    "a",
    "b-c",
    "orders",
    " ",
    "\n",
    "\r\n",
    "\t",
    "=",
    "==",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "${",
    "${~",
    "%{",
    "%{~",
    "~}",
    "$${",
    "%%{",
    "<<EOT\n",
    "<<-EOT\n",
    "EOT\n",
    "\nEOT\n",
    "for ",
    "in ",
    "if ",
    "else ",
    "endif ",
    "endfor ",
    ":",
    "::",
    "?",
    "=>",
    "...",
    ",",
    ".",
    ".*",
    "[*]",
    "0",
    "1.5",
    "1e9",
    "true",
    "null",
    "# c\n",
    "//",
    "/*",
    "*/",
    "\\",
    "\\n",
    "\\u00e9",
    "é",
    "e\u{301}",
    "\u{feff}",
    "'",
    "`",
    ";",
    "&&",
    "||",
    "&",
    "|",
    "!",
    "-",
    "+",
    "*",
    "/",
    "%",
    "<",
    ">=",
    "!=",
    "\u{201c}",
    "\u{0}",
    "\u{1a}",
    "👨\u{200d}👩",
    "resource \"t\" \"n\" {\n",
];

pub fn texts() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..60).prop_map(|pieces| pieces.concat())
}

fn assert_within(inner: Span, outer: Span) {
    assert!(outer.contains(inner), "{inner:?} is not in {outer:?}");
}

fn assert_expr(expr: &Expr) {
    expr.kind.for_each_child(&mut |child| {
        assert_within(child.span, expr.span);
        assert_expr(child);
    });
}

fn assert_body(body: &Body, text: &str) {
    assert_eq!(body.items.len(), body.attributes.len() + body.blocks.len());
    for attribute in &body.attributes {
        assert_eq!(&text[attribute.name_span.range()], &*attribute.name);
        assert_eq!(&text[attribute.equals_span.range()], "=");
        assert_within(attribute.span, body.span);
        assert_within(attribute.expr.span, attribute.span);
        assert_expr(&attribute.expr);
    }
    for block in &body.blocks {
        assert_within(block.span, body.span);
        assert_within(block.body.span, block.span);
        assert_eq!(
            (
                &text[block.open_brace.range()],
                &text[block.close_brace.range()]
            ),
            ("{", "}")
        );
        assert_body(&block.body, text);
    }
}

fn assert_places(diagnostics: &Diagnostics, text: &str) {
    for diagnostic in diagnostics {
        let subject = diagnostic.subject.expect("every diagnostic has a place");
        assert!(text.get(subject.range()).is_some(), "{diagnostic:?}");
        if let Some(context) = diagnostic.context {
            assert!(text.get(context.range()).is_some(), "{diagnostic:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        fuzz_one(&bytes);
    }

    #[test]
    fn texts_that_look_like_configuration_are_read(text in texts()) {
        fuzz_one(text.as_bytes());
        let (_, diagnostics) = parse_body(SourceId(0), &text);
        assert_places(&diagnostics, &text);
    }

    #[test]
    fn accepted_texts_have_spans_that_fit(text in texts()) {
        for text in [text.clone(), format!("a = [{text}]\n"), format!("a {{\n{text}\n}}\n")] {
            let (body, diagnostics) = parse_body(SourceId(0), &text);
            if diagnostics.is_empty() {
                assert_body(&body, &text);
            }
        }
        let (expr, diagnostics) = parse_expression(SourceId(0), &text, 0);
        if diagnostics.is_empty() {
            assert_expr(&expr);
        }
    }

    #[test]
    fn tokens_and_the_gaps_between_them_are_the_text(text in texts()) {
        for start in [Start::Main, Start::Template] {
            let mut rebuilt = String::new();
            let tokens = tokens(&text, start);
            for token in &tokens {
                let gap = &text[rebuilt.len()..token.start as usize];
                let blank = gap.chars().all(|c| matches!(c, ' ' | '\t' | '\u{feff}'));
                prop_assert!(blank, "not in any token: {:?}", gap);
                rebuilt.push_str(gap);
                rebuilt.push_str(&text[token.range()]);
            }
            prop_assert_eq!(&rebuilt, &text);
            prop_assert_eq!(tokens.last().map(|token| token.kind), Some(TokenKind::End));
        }
    }
}
