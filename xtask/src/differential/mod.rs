//! Expressions put together by chance from recorded ones, and what both programs make of them: ours and the real
//! terraform, where it is on PATH.

mod program;

use std::{fs, path::Path};

use serde_json::Value;

use crate::chance::Chance;
use program::Answer;

/// Expressions that one run compares.
const COUNT: usize = 1_200;
/// Expressions of one plan.
const BATCH: usize = 60;
/// Differences that are told.
const SHOWN: usize = 20;

/// Ways to put one or two expressions together; `A` and `B` stand for them.
const FORMS: &[&str] = &[
    "[A, B]",
    "{ a = A, b = B }",
    "(A) == (B)",
    "(A) != (B)",
    "true ? (A) : (B)",
    "[for x in [A, B] : x]",
    "{ for k, v in { a = A, b = B } : k => v if v != null }",
    "try(A, B)",
    "can(A) && can(B)",
    "jsonencode([A, B])",
    "jsondecode(jsonencode(A))",
    "\"x${A}y\"",
    "\"%{ if (A) == (B) }same%{ else }other%{ endif }\"",
    "tolist([A, B])",
    "toset([A, B])",
    "tomap({ a = A, b = B })",
    "coalesce(A, B)",
    "flatten([A, [B]])",
    "concat(try(tolist(A), []), [B])",
    "merge(try(tomap(A), {}), { b = B })",
    "length(A)",
    "keys(A)",
    "values(A)",
    "(A)[0]",
    "(A)[*]",
    "-(A)",
    "!(A)",
    "(A) + (B)",
    "(A) < (B)",
    "contains([A], B)",
    "format(\"%v %s\", A, B)",
    "lookup({ a = A }, \"a\", B)",
    "tostring(A)",
    "tonumber(A)",
    "sort([A, B])",
    "distinct([A, B, A])",
    "nonsensitive(sensitive(A))",
];

/// Suites whose expressions say something else at another time or in another place.
const PASSING: &[&str] = &[
    "fn-clock",
    "fn-file",
    "fn-template",
    "fn-provider",
    "fn-yaml",
    "unknown",
    "sensitive",
];

/// Compares the answers.
///
/// # Errors
/// The expressions on which the programs differ; or what kept a program from answering.
pub fn run(root: &Path) -> Result<String, String> {
    let Some(terraform) = program::on_path("terraform") else {
        return Ok("differential: skipped, terraform is not on PATH".to_string());
    };
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let trueup = own.with_file_name("trueup");
    let tests = root.join("crates/evaluator/tests");
    let pieces = pieces(&tests.join("cases"))?;
    let mut chance = Chance::new(seed());
    let mut differences = Vec::new();
    let mut compared = 0;
    while compared < COUNT {
        let batch: Vec<String> = (0..BATCH)
            .map(|_| expression(&mut chance, &pieces))
            .collect();
        let context = tests.join("context");
        let ours = program::answers(&trueup, &context, &batch)?;
        let theirs = program::answers(&terraform, &context, &batch)?;
        for ((text, ours), theirs) in batch.iter().zip(ours).zip(theirs) {
            compared += 1;
            if ours != theirs {
                differences.push(format!(
                    "{text}\n  trueup:    {}\n  terraform: {}",
                    said(&ours),
                    said(&theirs)
                ));
            }
        }
    }
    let count = differences.len();
    if count == 0 {
        return Ok(format!(
            "differential: {compared} expressions, no difference"
        ));
    }
    differences.truncate(SHOWN);
    Err(format!(
        "{}\ndifferential: {count} of {compared} expressions differ",
        differences.join("\n")
    ))
}

/// `XTASK_FUZZ_SEED`, or the first.
fn seed() -> u64 {
    let set = std::env::var("XTASK_FUZZ_SEED").ok();
    set.and_then(|text| text.parse().ok()).unwrap_or(1)
}

fn said(answer: &Answer) -> String {
    match answer {
        Answer::Value(value) => value.chars().take(300).collect(),
        Answer::Error(summary) => format!("error: {summary}"),
    }
}

/// The recorded expressions that have a value, one line each.
fn pieces(folder: &Path) -> Result<Vec<String>, String> {
    let say = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(say)? {
        files.push(entry.map_err(say)?.path());
    }
    files.sort();
    let mut pieces = Vec::new();
    for file in files {
        let suite = file
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        if PASSING.iter().any(|passing| suite.starts_with(passing)) {
            continue;
        }
        for line in fs::read_to_string(&file).map_err(say)?.lines() {
            let case: Value = serde_json::from_str(line)
                .map_err(|error| format!("{}: {error}", file.display()))?;
            let has_value = case.pointer("/result/errors").is_none();
            let text = case.get("expr").and_then(Value::as_str).unwrap_or_default();
            if has_value && !text.is_empty() && !text.contains(['\n', '#']) && !text.contains("//")
            {
                pieces.push(text.to_string());
            }
        }
    }
    if pieces.is_empty() {
        return Err(format!("{}: no expressions", folder.display()));
    }
    Ok(pieces)
}

fn expression(chance: &mut Chance, pieces: &[String]) -> String {
    let form = chance.pick(FORMS).copied().unwrap_or("A");
    let mut text = String::new();
    for (at, letter) in form.char_indices() {
        let alone = form
            .get(at + 1..)
            .is_none_or(|rest| !rest.starts_with(char::is_alphanumeric));
        match letter {
            'A' | 'B' if alone => text.push_str(chance.pick(pieces).map_or("null", String::as_str)),
            letter => text.push(letter),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_expressions() {
        let pieces = ["1".to_string(), "\"a\"".to_string()];
        let make = || {
            let mut chance = Chance::new(7);
            (0..50)
                .map(|_| expression(&mut chance, &pieces))
                .collect::<Vec<_>>()
        };
        assert_eq!(make(), make());
        assert!(
            make()
                .iter()
                .all(|text| !text.contains('A') && !text.contains('B'))
        );
    }
}
