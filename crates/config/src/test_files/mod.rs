//! Test files: what `.tftest.hcl` files say, read into typed blocks; expressions kept unevaluated.

mod assertion;
mod discovery;
mod file;
mod mocks;
mod overrides;
mod run;

pub use assertion::Assertion;
pub use discovery::{TestFiles, load_tests};
pub use file::{TestFile, TestProvider};
pub use mocks::{MockDefaults, MockProvider, MockSource, read_mock_files};
pub use overrides::{Override, OverrideKind};
pub use run::{PassedProviders, RunCommand, RunMode, RunModule, RunOptions, TestRun};

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Diagnostics, Span};
use trueup_parser::{Body, Expr};

/// The values of a `variables` block, unevaluated.
#[derive(Clone, Debug)]
pub struct TestVariables {
    /// The expression for each name.
    pub values: BTreeMap<Arc<str>, Arc<Expr>>,
    /// The block's header.
    pub header: Span,
}

impl TestVariables {
    fn read(body: &Body, header: Span, diagnostics: &mut Diagnostics) -> Self {
        for block in &body.blocks {
            let kind = &block.kind.name;
            diagnostics.push(
                Diagnostic::error(
                    format!("Unexpected {kind:?} block"),
                    "Blocks are not allowed here.",
                )
                .at(block.header_span()),
            );
        }
        let values = body.attributes.iter();
        Self {
            values: values
                .map(|attribute| (attribute.name.clone(), attribute.expr.clone()))
                .collect(),
            header,
        }
    }
}

/// A second block where one may stand.
fn said_twice(what: &str, first: String, at: Span) -> Diagnostic {
    let (kind, owner) = match what {
        "file variables" => ("variables", "test file"),
        kind => (kind, "run block"),
    };
    Diagnostic::error(
        format!("Multiple {kind:?} blocks"),
        format!("This {owner} already has a {kind} block defined at {first}."),
    )
    .at(at)
}
