//! What is nested as deep as the parser allows is evaluated on the smallest stack a thread has.

use trueup_diagnostics::Sources;
use trueup_evaluator::expression::{EmptyScope, evaluate};
use trueup_functions::{Context, NoFiles};
use trueup_parser::{Expr, parse_expression};

const SMALL_STACK: usize = 2 * 1024 * 1024;

/// For reading, which has a test of its own.
const ROOMY_STACK: usize = 16 * SMALL_STACK;

#[test]
fn deep_nesting_fits_a_small_stack() {
    let around = [
        ("(", ")"),
        ("[", "]"),
        ("{ a = ", " }"),
        ("[for x in [1] : ", "]"),
        ("{ for x in [1] : \"k\" => ", " }"),
        ("true ? ", " : 0"),
        ("1 + ", ""),
        ("-", ""),
        ("\"x${", "}\""),
        ("\"%{ if true }${", "}%{ endif }\""),
        ("\"%{ for x in [1] }${", "}%{ endfor }\""),
        ("try(", ", 0)"),
        ("can(", ")"),
        ("coalesce(", ", 1)"),
        ("[[1], ", "][0]"),
        ("[{ a = ", " }][*].a"),
    ];
    let parse_and_evaluate = move || {
        for (before, after) in around {
            for depth in [10, 60, 110, 240, 1000] {
                let text = format!("{}1{}", before.repeat(depth), after.repeat(depth));
                let id = Sources::new().add("deep", text.as_str());
                let (expr, _) = parse_expression(id, &text, 0);
                on_stack(SMALL_STACK, || evaluated(&expr));
            }
        }
    };
    on_stack(ROOMY_STACK, parse_and_evaluate);
}

fn evaluated(expr: &Expr) {
    let base_dir = std::path::PathBuf::from("/");
    let context = Context {
        files: &NoFiles,
        base_dir: &base_dir,
        home: None,
        plan_timestamp: None,
        source: None,
    };
    let scope = EmptyScope {
        functions: Some(&context),
    };
    let _ = evaluate(expr, &scope);
}

fn on_stack(bytes: usize, work: impl FnOnce() + Send) {
    std::thread::scope(|threads| {
        std::thread::Builder::new()
            .stack_size(bytes)
            .spawn_scoped(threads, work)
            .expect("a thread starts")
            .join()
            .expect("nothing overflows");
    });
}
