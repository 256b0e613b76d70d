//! One test file.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_parser::{Block, Body};

use super::overrides::{self, Override, OverrideKind};
use super::{MockProvider, TestRun, TestVariables, said_twice};
use crate::blocks::{ProviderBlock, read_provider};
use crate::content::{self, BlockType, Expected};
use crate::module::Module;

/// A provider configuration of a test file.
#[derive(Clone, Debug)]
pub enum TestProvider {
    /// A `provider` block.
    Real(ProviderBlock),
    /// A `mock_provider` block.
    Mock(MockProvider),
}

impl TestProvider {
    fn header(&self) -> Span {
        match self {
            Self::Real(block) => block.header,
            Self::Mock(block) => block.header,
        }
    }
}

/// A provider's local name and alias.
type Key = (Arc<str>, Option<Arc<str>>);

/// What a test file says.
#[derive(Clone, Debug)]
pub struct TestFile {
    /// Its path, relative to the root module.
    pub name: Arc<str>,
    /// Values of variables for all of its runs.
    pub variables: Option<TestVariables>,
    /// Provider configurations, by local name and alias.
    pub providers: BTreeMap<Key, TestProvider>,
    /// Overrides for all of its runs.
    pub overrides: Vec<Override>,
    /// Its runs, in order.
    pub runs: Vec<TestRun>,
}

const FILE: Expected = Expected {
    required: &[],
    optional: &[],
    blocks: &[
        BlockType {
            name: "run",
            labels: &["name"],
        },
        BlockType {
            name: "provider",
            labels: &["name"],
        },
        BlockType {
            name: "mock_provider",
            labels: &["name"],
        },
        BlockType {
            name: "variables",
            labels: &[],
        },
        BlockType {
            name: "override_resource",
            labels: &[],
        },
        BlockType {
            name: "override_data",
            labels: &[],
        },
        BlockType {
            name: "override_module",
            labels: &[],
        },
    ],
};

impl TestFile {
    pub(super) fn read(
        name: &str,
        body: &Body,
        sources: &Sources,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut file = Self {
            name: name.into(),
            variables: None,
            providers: BTreeMap::new(),
            overrides: Vec::new(),
            runs: Vec::new(),
        };
        let mut names = BTreeMap::new();
        let content = content::take(body, FILE, diagnostics);
        for block in &content.blocks {
            let kind = &*block.kind.name;
            if let Some(kind) = OverrideKind::of(kind) {
                overrides::read(block, kind, sources, &mut file.overrides, diagnostics);
                continue;
            }
            match kind {
                "run" => file.run(block, sources, diagnostics),
                "variables" => match &file.variables {
                    Some(first) => diagnostics.push(said_twice(
                        "file variables",
                        sources.place(first.header),
                        block.header_span(),
                    )),
                    None => {
                        let header = block.header_span();
                        let read = TestVariables::read(&block.body, header, diagnostics);
                        file.variables = Some(read);
                    }
                },
                _ => file.provider(block, &mut names, sources, diagnostics),
            }
        }
        file
    }

    fn run(&mut self, block: &Block, sources: &Sources, diagnostics: &mut Diagnostics) {
        let run = TestRun::read(block, sources, diagnostics);
        if let Some(first) = self.runs.iter().find(|first| first.name == run.name) {
            let (name, first) = (&run.name, sources.place(first.header));
            diagnostics.push(
                Diagnostic::error(
                    "Duplicate \"run\" block names",
                    format!(
                        "This test file already has a run named {name} block defined at {first}."
                    ),
                )
                .at(run.header),
            );
        }
        self.runs.push(run);
    }

    fn provider(
        &mut self,
        block: &Block,
        names: &mut BTreeMap<Key, Span>,
        sources: &Sources,
        diagnostics: &mut Diagnostics,
    ) {
        let found = match &*block.kind.name {
            "provider" => {
                let mut alone = Module::default();
                read_provider(block, sources, &mut alone, diagnostics);
                alone
                    .providers
                    .into_iter()
                    .next()
                    .map(|(key, block)| (key, TestProvider::Real(block)))
            }
            _ => MockProvider::read(block, sources, diagnostics).map(|mock| {
                let key = (mock.name.clone(), mock.alias.clone());
                (key, TestProvider::Mock(mock))
            }),
        };
        let Some((key, provider)) = found else {
            return;
        };
        if let Some(first) = self.providers.get(&key) {
            let shown = match &key {
                (name, Some(alias)) => format!("{name}.{alias}"),
                (name, None) => name.to_string(),
            };
            let first = names.get(&key).copied().unwrap_or(first.header());
            let first = sources.place(first);
            diagnostics.push(
                Diagnostic::error(
                    "Duplicate provider block",
                    format!("A provider for {shown} is already defined at {first}."),
                )
                .at(provider.header()),
            );
            return;
        }
        names.insert(key.clone(), block.labels[0].span);
        self.providers.insert(key, provider);
    }
}
