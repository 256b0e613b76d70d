//! Depth and size: deep text is reported on a small stack, large text is read in one go.

use trueup_diagnostics::{Diagnostics, SourceId};
use trueup_parser::{Expr, MAX_DEPTH, fuzz_one, parse_body, parse_expression};

/// Runs on a stack of the size that threads get. Without optimisation frames are several times as large; the
/// product and its tests are built with it.
fn on_small_stack(run: impl FnOnce() + Send + 'static) {
    let size = if cfg!(debug_assertions) {
        16 << 20
    } else {
        2 << 20
    };
    let thread = std::thread::Builder::new().stack_size(size).spawn(run);
    thread
        .expect("a thread can be started")
        .join()
        .expect("the run does not panic");
}

fn summaries(diagnostics: &Diagnostics) -> Vec<&str> {
    diagnostics
        .iter()
        .map(|diagnostic| diagnostic.summary.as_str())
        .collect()
}

/// Each opens something that can be nested without end, with what closes it.
const NESTS: &[(&str, &str, &str)] = &[
    ("(", "1", ")"),
    ("[", "1", "]"),
    ("{ a = ", "1", "}"),
    ("{ (", "1", ") = 2 }"),
    ("-", "1", ""),
    ("!", "a", ""),
    ("- (", "1", ")"),
    ("f(", "1", ")"),
    ("\"${", "1", "}\""),
    ("\"a${", "1", "}\""),
    ("a[", "1", "]"),
    ("a ? ", "1", " : 2"),
    ("a ? 1 : ", "2", ""),
    ("[for x in ", "a", " : x]"),
    ("[for x in y : ", "a", "]"),
    ("{for x in y : ", "a", " => x}"),
    ("1 + (", "1", ")"),
    ("\"%{ if a }", "", "%{ endif }\""),
    ("\"%{ for a in ", "b", "}%{ endfor }\""),
    ("(a + ", "b", ")[0]"),
];

#[test]
fn deep_nesting_is_reported_and_neither_reading_nor_dropping_overflows() {
    on_small_stack(|| {
        for (open, inner, close) in NESTS {
            for depth in [MAX_DEPTH + 2, 5_000, 100_000] {
                let text = format!("{}{inner}{}", open.repeat(depth), close.repeat(depth));
                let (expr, diagnostics) = parse_expression(SourceId(0), &text, 0);
                assert!(!diagnostics.is_empty(), "{open} {depth} times");
                assert!(expr.height() <= MAX_DEPTH, "{open} {depth} times");
                expr.references();
                let (_, diagnostics) = parse_body(SourceId(0), &format!("a = {text}\nb = 1\n"));
                assert!(!diagnostics.is_empty(), "{open} {depth} times");
                let unclosed = open.repeat(depth);
                fuzz_one(unclosed.as_bytes());
            }
        }
    });
}

#[test]
fn nesting_within_the_limit_is_accepted() {
    on_small_stack(|| {
        for (open, inner, close) in NESTS {
            // Some make two levels of tree each time.
            let depth = MAX_DEPTH / 3;
            let mut text = format!("{}{inner}{}", open.repeat(depth), close.repeat(depth));
            if open.starts_with("\"%{ if") {
                text = format!(
                    "\"{}{}\"",
                    "%{ if a }".repeat(depth),
                    "%{ endif }".repeat(depth)
                );
            }
            let (expr, diagnostics) = parse_expression(SourceId(0), &text, 0);
            assert_eq!(summaries(&diagnostics), Vec::<&str>::new(), "{open}");
            drop(expr.clone());
        }
    });
}

#[test]
fn deep_blocks_directives_and_chains_are_reported() {
    on_small_stack(|| {
        for depth in [300, 50_000] {
            let blocks = format!("{}{}", "b {\n".repeat(depth), "}\n".repeat(depth));
            let (body, diagnostics) = parse_body(SourceId(0), &blocks);
            assert_eq!(summaries(&diagnostics), ["Nesting too deep"]);
            drop(body);
            let directives = format!(
                "\"{}{}\"",
                "%{ if a }".repeat(depth),
                "%{ endif }".repeat(depth)
            );
            let loops = format!(
                "\"{}{}\"",
                "%{ for a in b }".repeat(depth),
                "%{ endfor }".repeat(depth)
            );
            let chain = format!("1{}", " + 1".repeat(depth));
            let indexes = format!("a{}", "[b]".repeat(depth));
            let splats = format!("a{}", "[*]".repeat(depth));
            for text in [directives, loops, chain, indexes, splats] {
                let (expr, diagnostics) = parse_expression(SourceId(0), &text, 0);
                assert!(
                    summaries(&diagnostics).contains(&"Nesting too deep"),
                    "{}",
                    &text[..40]
                );
                assert!(expr.height() <= MAX_DEPTH);
            }
        }
    });
}

#[test]
fn after_deep_nesting_the_next_item_is_read() {
    let text = format!("a = {}1{}\nb = )\n", "(".repeat(400), ")".repeat(400));
    let (body, diagnostics) = parse_body(SourceId(0), &text);
    assert_eq!(
        summaries(&diagnostics),
        ["Nesting too deep", "Invalid expression"]
    );
    assert_eq!(body.attributes.len(), 2);
}

/// Large texts of shapes that a careless parser takes quadratic time for: minutes instead of milliseconds, so
/// that this test would not go unnoticed.
#[test]
fn large_texts_are_read_in_one_go() {
    let items =
        |count: usize, item: &dyn Fn(usize) -> String| (0..count).map(item).collect::<String>();
    let object = format!(
        "{{\n{}}}",
        items(20_000, &|at| format!("  key_{at} = \"value {at}\"\n"))
    );
    let (expr, diagnostics) = parse_expression(SourceId(0), &object, 0);
    assert!(diagnostics.is_empty());
    assert_eq!(expr.static_pairs().map(<[_]>::len), Some(20_000));

    let heredoc = format!(
        "<<-EOT\n{}EOT\n",
        items(100_000, &|at| format!("  line {at} ${{local.x{at}}}\n"))
    );
    let (expr, diagnostics) = parse_expression(SourceId(0), &heredoc, 0);
    assert!(diagnostics.is_empty());
    assert_eq!(expr.references().len(), 100_000);

    let attributes = items(100_000, &|at| format!("a{at} = {at}\n"));
    let (body, diagnostics) = parse_body(SourceId(0), &attributes);
    assert!(diagnostics.is_empty());
    assert_eq!(body.attributes.len(), 100_000);

    for text in [
        "/*".repeat(200_000),
        "#\n".repeat(200_000),
        "<<a".repeat(200_000),
        "\"".repeat(200_000),
        "a = )\n".repeat(20_000),
        "a = 1\n".repeat(5_000),
        "{\n".repeat(200_000),
        "}".repeat(200_000),
        "'".repeat(200_000),
        "\u{201c}".repeat(200_000),
        "a.".repeat(200_000),
        "a.*".repeat(200_000),
        "a[0".repeat(100_000),
        "${".repeat(200_000),
        "%{ else }".repeat(50_000),
        "f(".repeat(200_000),
        "f::".repeat(200_000),
        "x \"".repeat(100_000),
    ] {
        fuzz_one(text.as_bytes());
        fuzz_one(format!("a = {text}").as_bytes());
        fuzz_one(format!("a = \"{text}").as_bytes());
    }
}

#[test]
fn trees_are_small_and_shared() {
    // The evaluator walks by recursion: an expression should not become large on the stack.
    assert!(size_of::<Expr>() <= 144, "{}", size_of::<Expr>());
}
