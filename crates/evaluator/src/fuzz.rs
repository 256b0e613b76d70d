//! One run over arbitrary bytes, for fuzzing: what can be read as an expression is evaluated.

use std::path::Path;

use trueup_addrs::ProviderAddr;
use trueup_diagnostics::{Diagnostic, SourceId, Span};
use trueup_functions::{Context, NoFiles};
use trueup_parser::{StepKind, Traversal, parse_expression, parse_template};
use trueup_value::{Marks, Type, Value, json};

use crate::expression::{Resolved, Scope, evaluate};

/// Evaluates the bytes as an expression and as a template, among names whose values are known, unknown, null or
/// sensitive. It must neither panic nor take long.
pub fn fuzz_one(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let source = SourceId(0);
    let scope = Names {
        functions: Context {
            files: &NoFiles,
            base_dir: Path::new("/"),
            home: None,
            plan_timestamp: Some("2026-01-02T03:04:05Z"),
            source: None,
        },
    };
    let (expr, _) = parse_expression(source, &text, 0);
    let (value, _) = evaluate(&expr, &scope);
    let _ = json::encode(&value.without_marks_inside());
    let (template, _) = parse_template(source, "fuzz.tftpl", &text, 0);
    evaluate(&template, &scope);
}

struct Names<'a> {
    functions: Context<'a>,
}

impl Scope for Names<'_> {
    fn resolve(&self, reference: &Traversal, span: Span) -> Result<Resolved, Diagnostic> {
        let Some(StepKind::Attr(name)) = reference.steps.first().map(|step| &step.kind) else {
            return Err(Diagnostic::error("Invalid reference", "").at(span));
        };
        Ok(Resolved::new(value_of(name), 1))
    }

    fn functions(&self) -> Option<&Context<'_>> {
        Some(&self.functions)
    }

    fn required_provider(&self, _: &str) -> Option<ProviderAddr> {
        Some(ProviderAddr::builtin("terraform"))
    }
}

/// A value for every name: the same one each time.
fn value_of(name: &str) -> Value {
    let texts = [
        "\"orders\"",
        "{\"a\":1,\"b\":{\"c\":[\"x\",null]}}",
        "[\"b\",\"a\",\"a\"]",
        "12345678901234567890.5",
        "[]",
        "null",
    ];
    let known = |at: usize| texts.get(at).and_then(|text| json::decode(text).ok());
    let sum: usize = name.bytes().map(usize::from).sum();
    let value = match sum % 12 {
        6 => Value::unknown(Type::String),
        7 => Value::dynamic_unknown(),
        8 => Value::unknown(Type::list(Type::Number)),
        9 => Value::tuple(vec![Value::unknown(Type::Bool), Value::string("x")]),
        10 => Value::string("hidden").with_marks(Marks::SENSITIVE),
        11 => Value::set(
            Type::String,
            vec![Value::unknown(Type::String), Value::string("a")],
        ),
        at => known(at).unwrap_or_else(Value::dynamic_null),
    };
    match name.len() % 5 {
        0 => value.with_marks(Marks::SENSITIVE),
        _ => value,
    }
}
