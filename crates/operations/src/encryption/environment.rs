//! `TF_ENCRYPTION`: it completes and overrides what the configuration's block says.

use trueup_config::{ENCRYPTION, merge_body};
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_parser::{Block, Body};

use super::read::{Given, Said, read};

/// The block of a key provider or a method in a body that has the labels of another.
pub(super) fn same_block<'a>(body: &'a Body, other: &Block) -> Option<&'a Block> {
    let named = matches!(&*other.kind.name, "key_provider" | "method");
    let same = |block: &&Block| (0..2).all(|at| block.label(at) == other.label(at));
    body.blocks
        .iter()
        .filter(|block| named && block.kind.name == other.kind.name)
        .find(same)
}

/// The variable.
const ENVIRONMENT: &str = "TF_ENCRYPTION";

/// The text of `TF_ENCRYPTION` as the body of a block: the native form or JSON.
pub(super) fn parsed(text: &str) -> (Body, Diagnostics) {
    let mut sources = Sources::new();
    let (_, body, diagnostics) = match text.trim_start().starts_with('{') {
        true => {
            trueup_parser::parse_json_file(&mut sources, ENVIRONMENT, text.as_bytes(), &ENCRYPTION)
        }
        false => trueup_parser::parse_file(&mut sources, ENVIRONMENT, text.as_bytes()),
    };
    (body, without_places(diagnostics))
}

/// Reads what `TF_ENCRYPTION` says, over what the configuration's block says: a key provider or a method that stands
/// in both is one, argument by argument.
pub(super) fn over(
    body: &Body,
    block: Option<&Body>,
    given: Given<'_>,
    said: &mut Said,
) -> Diagnostics {
    let mut whole = body.clone();
    for later in &mut whole.blocks {
        if let Some(base) = block.and_then(|block| same_block(block, later)) {
            let mut merged = base.body.clone();
            let json = merged.json || later.body.json;
            merge_body(&mut merged, later.body.clone(), &[]);
            later.body = Body { json, ..merged };
        }
    }
    without_places(read(&whole, None, given, said))
}

/// Nobody who shows these has the text, and it may hold a passphrase: its places are not shown.
fn without_places(found: Diagnostics) -> Diagnostics {
    found
        .iter()
        .filter(|found| found.is_error())
        .map(|found| {
            Diagnostic::error(
                found.summary.clone(),
                format!(
                    "{}\n\nThis stands in the environment variable {ENVIRONMENT}.",
                    found.detail
                ),
            )
        })
        .collect()
}
