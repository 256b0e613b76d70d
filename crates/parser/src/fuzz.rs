//! One run over arbitrary bytes, for fuzzing: everything that can be read from them is read.

use trueup_diagnostics::{SourceId, Sources};

use crate::{
    BlockShape, Reading, Shape, Start, format, parse_body, parse_bytes, parse_expression,
    parse_json_file, parse_template, parse_traversal, tokens,
};

/// Reads the bytes in every way there is. It must neither panic nor take long.
pub fn fuzz_one(bytes: &[u8]) {
    let source = SourceId(0);
    let (body, _) = parse_bytes(source, bytes);
    drop(body);
    let text = String::from_utf8_lossy(bytes);
    for start in [Start::Main, Start::Template] {
        assert_covers(&text, &tokens(&text, start));
    }
    parse_body(source, &text);
    let (expr, _) = parse_expression(source, &text, 0);
    expr.references();
    parse_template(source, "fuzz.tftpl", &text, 0);
    parse_traversal(source, &text, 0);
}

/// Formats the bytes where they can be read. What comes out must be read too, and stay as it is.
pub fn fuzz_format(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Some(formatted) = format(&text) else {
        return;
    };
    let again = format(&formatted).expect("what was formatted can be read");
    assert!(
        again == formatted,
        "formatting again changes {formatted:?} to {again:?}"
    );
}

/// Reads the bytes as JSON, in a shape with every kind of reading.
pub fn fuzz_json(bytes: &[u8]) {
    let mut sources = Sources::new();
    let (_, body, _) = parse_json_file(&mut sources, "fuzz.tf.json", bytes, &EVERYTHING);
    let (body, _) = body.with_json_blocks(|name| (name.len() > 2).then_some(&["key"]));
    body.visit_references(&mut |_| ());
}

/// Blocks with and without labels, and each way to read strings.
static EVERYTHING: Shape = Shape {
    blocks: &[
        BlockShape {
            name: "resource",
            labels: &["type", "name"],
            body: &RESOURCE,
        },
        BlockShape {
            name: "output",
            labels: &["name"],
            body: &RESOURCE,
        },
        BlockShape {
            name: "locals",
            labels: &[],
            body: &LOCALS,
        },
    ],
    arguments: &[],
    otherwise: Reading::Template,
    arguments_only: false,
};

static RESOURCE: Shape = Shape {
    blocks: &[Shape::dynamic()],
    arguments: &[
        ("depends_on", Reading::Native),
        ("description", Reading::Verbatim),
    ],
    otherwise: Reading::Template,
    arguments_only: false,
};

static LOCALS: Shape = Shape {
    blocks: &[],
    arguments: &[],
    otherwise: Reading::RequiredProvider,
    arguments_only: true,
};

/// The tokens are in order, and between them there is only white space.
fn assert_covers(text: &str, tokens: &[crate::Token]) {
    let mut at = 0;
    for token in tokens {
        let gap = text
            .get(at..token.start as usize)
            .expect("tokens are in order, on character boundaries");
        assert!(
            gap.chars().all(|c| matches!(c, ' ' | '\t' | '\u{feff}')),
            "{gap:?} is in no token"
        );
        at = token.end as usize;
    }
    assert_eq!(at, text.len(), "the tokens end before the text");
}
