//! `run` blocks: one plan or apply, and what is expected of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_parser::{Block, Traversal};

use super::overrides::{self, Override, OverrideKind};
use super::{Assertion, TestVariables, said_twice};
use crate::blocks::{PassedProvider, depends_on, literal_bool, literal_string, passed_providers};
use crate::content::{self, BlockType, Expected};
use crate::is_local_source;

/// What a run does.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub enum RunCommand {
    /// Plan and apply.
    #[default]
    Apply,
    /// Plan only.
    Plan,
}

/// What kind of plan a run makes.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub enum RunMode {
    /// A plan towards the configuration.
    #[default]
    Normal,
    /// A plan that only takes over what changed outside.
    RefreshOnly,
}

/// A `plan_options` block.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// The kind of plan.
    pub mode: RunMode,
    /// Whether objects are read again.
    pub refresh: bool,
    /// Objects to replace.
    pub replace: Vec<Traversal>,
    /// Only these and what they need.
    pub target: Vec<Traversal>,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            mode: RunMode::Normal,
            refresh: true,
            replace: Vec::new(),
            target: Vec::new(),
        }
    }
}

/// A `module` block of a run: another module to run instead of the one under test.
#[derive(Clone, Debug)]
pub struct RunModule {
    /// The source, as written.
    pub source: Arc<str>,
    /// The argument that names it.
    pub source_span: Span,
    /// The versions that will do, for a module of a registry.
    pub version: Option<Arc<str>>,
    /// The block's header.
    pub header: Span,
}

/// The `providers` of a run: by what its module calls them, what the test file does.
pub type PassedProviders = BTreeMap<(Arc<str>, Option<Arc<str>>), PassedProvider>;

/// A `run` block.
#[derive(Clone, Debug)]
pub struct TestRun {
    /// The name.
    pub name: Arc<str>,
    /// What it does.
    pub command: RunCommand,
    /// How it plans.
    pub options: RunOptions,
    /// Values of variables.
    pub variables: Option<TestVariables>,
    /// Overrides for this run.
    pub overrides: Vec<Override>,
    /// Provider configurations, where the block says them.
    pub providers: Option<PassedProviders>,
    /// What must hold.
    pub assertions: Vec<Assertion>,
    /// Another module to run.
    pub module: Option<RunModule>,
    /// What must fail.
    pub expect_failures: Vec<Traversal>,
    /// Runs with the same key work on the same state.
    pub state_key: Option<Arc<str>>,
    /// The block's header.
    pub header: Span,
    /// The bytes of the name.
    pub name_span: Span,
}

const RUN: Expected = Expected {
    required: &[],
    optional: &["command", "providers", "expect_failures", "state_key"],
    blocks: &[
        BlockType {
            name: "plan_options",
            labels: &[],
        },
        BlockType {
            name: "assert",
            labels: &[],
        },
        BlockType {
            name: "variables",
            labels: &[],
        },
        BlockType {
            name: "module",
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

const PLAN_OPTIONS: Expected = Expected {
    required: &[],
    optional: &["mode", "refresh", "replace", "target"],
    blocks: &[],
};

const MODULE: Expected = Expected {
    required: &[],
    optional: &["source", "version"],
    blocks: &[],
};

impl TestRun {
    /// Reads a block. Comes back even with errors, to be counted and named.
    pub(super) fn read(block: &Block, sources: &Sources, diagnostics: &mut Diagnostics) -> Self {
        let content = content::take(&block.body, RUN, diagnostics);
        let label = &block.labels[0];
        let mut run = Self {
            name: label.text.clone(),
            command: RunCommand::Apply,
            options: RunOptions::default(),
            variables: None,
            overrides: Vec::new(),
            providers: None,
            assertions: Vec::new(),
            module: None,
            expect_failures: Vec::new(),
            state_key: None,
            header: block.header_span(),
            name_span: label.span,
        };
        if !trueup_parser::is_identifier(&run.name) {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid run block name",
                    "A name must start with a letter or underscore and may contain only letters, digits, underscores, and dashes.",
                )
                .at(label.span),
            );
        }
        let mut options: Option<Span> = None;
        for nested in &content.blocks {
            run.nested(nested, &mut options, sources, diagnostics);
        }
        if let Some(attribute) = content.get("command") {
            match attribute.expr.as_keyword().as_deref() {
                Some("apply") => run.command = RunCommand::Apply,
                Some("plan") => run.command = RunCommand::Plan,
                _ => diagnostics.push(
                    Diagnostic::error(
                        "Invalid \"command\" keyword",
                        "The \"command\" argument requires one of the following keywords without quotes: apply or plan.",
                    )
                    .at(attribute.expr.span),
                ),
            }
        }
        if let Some(attribute) = content.get("providers") {
            run.providers = Some(passed_providers(&attribute.expr, sources, diagnostics));
        }
        if let Some(attribute) = content.get("expect_failures") {
            run.expect_failures = depends_on(&attribute.expr, diagnostics);
        }
        if let Some(attribute) = content.get("state_key") {
            run.state_key = literal_string(&attribute.expr, diagnostics);
        }
        run
    }

    fn nested(
        &mut self,
        block: &Block,
        options: &mut Option<Span>,
        sources: &Sources,
        diagnostics: &mut Diagnostics,
    ) {
        let header = block.header_span();
        let name = &*block.kind.name;
        if let Some(kind) = OverrideKind::of(name) {
            overrides::read(block, kind, sources, &mut self.overrides, diagnostics);
            return;
        }
        let first = match name {
            "plan_options" => *options,
            "variables" => self.variables.as_ref().map(|variables| variables.header),
            "module" => self.module.as_ref().map(|module| module.header),
            _ => None,
        };
        if let Some(first) = first {
            diagnostics.push(said_twice(name, sources.place(first), header));
            return;
        }
        match name {
            "assert" => self.assertions.extend(Assertion::read(block, diagnostics)),
            "plan_options" => {
                *options = Some(header);
                self.options = plan_options(block, diagnostics);
            }
            "variables" => {
                self.variables = Some(TestVariables::read(&block.body, header, diagnostics));
            }
            _ => self.module = module(block, diagnostics),
        }
    }
}

fn plan_options(block: &Block, diagnostics: &mut Diagnostics) -> RunOptions {
    let content = content::take(&block.body, PLAN_OPTIONS, diagnostics);
    let mut options = RunOptions::default();
    if let Some(attribute) = content.get("mode") {
        match attribute.expr.as_keyword().as_deref() {
            Some("normal") => {}
            Some("refresh-only") => options.mode = RunMode::RefreshOnly,
            _ => diagnostics.push(
                Diagnostic::error(
                    "Invalid \"mode\" keyword",
                    "The \"mode\" argument requires one of the following keywords without quotes: normal or refresh-only",
                )
                .at(attribute.expr.span),
            ),
        }
    }
    if let Some(attribute) = content.get("refresh") {
        options.refresh = literal_bool(&attribute.expr, diagnostics).unwrap_or(true);
        if !options.refresh && options.mode == RunMode::RefreshOnly {
            diagnostics.push(
                Diagnostic::error(
                    "Incompatible plan options",
                    "The \"refresh\" option cannot be set to false when running a test in \"refresh-only\" mode.",
                )
                .at(attribute.span),
            );
        }
    }
    if let Some(attribute) = content.get("replace") {
        options.replace = depends_on(&attribute.expr, diagnostics);
    }
    if let Some(attribute) = content.get("target") {
        options.target = depends_on(&attribute.expr, diagnostics);
    }
    options
}

fn module(block: &Block, diagnostics: &mut Diagnostics) -> Option<RunModule> {
    let content = content::take(&block.body, MODULE, diagnostics);
    let header = block.header_span();
    let version = content
        .get("version")
        .and_then(|attribute| literal_string(&attribute.expr, diagnostics));
    let Some(attribute) = content.get("source") else {
        diagnostics.push(
            Diagnostic::error(
                "Missing \"source\" attribute for module block",
                "You must specify a source attribute when executing alternate modules during test executions.",
            )
            .at(header),
        );
        return None;
    };
    let source = literal_string(&attribute.expr, diagnostics)?;
    if let Some(wrong) = wrong_source(&source, version.is_some()) {
        diagnostics.push(wrong.at(attribute.span));
    }
    Some(RunModule {
        source,
        source_span: attribute.span,
        version,
        header,
    })
}

/// What is wrong with a source: a run takes modules of folders and of registries.
fn wrong_source(source: &str, has_version: bool) -> Option<Diagnostic> {
    if is_local_source(source) {
        return None;
    }
    let parts: Vec<&str> = source
        .split("//")
        .next()
        .unwrap_or_default()
        .split('/')
        .collect();
    let is_name = |part: &&str| {
        !part.is_empty()
            && part
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.'))
    };
    let of_registry = matches!(parts.len(), 3 | 4) && parts.iter().all(is_name);
    if of_registry || has_version {
        return None;
    }
    let summary = "Invalid module source address";
    let relative = !source.contains(':') && !source.starts_with('/');
    Some(if relative && parts.len() < 3 {
        Diagnostic::error(
            summary,
            format!(
                "Terraform failed to determine your intended installation method for remote module package {source:?}.\n\nIf you intended this as a path relative to the current module, use \"./{source}\" instead. The \"./\" prefix indicates that the address is a relative filesystem path."
            ),
        )
    } else {
        Diagnostic::error(
            summary,
            "Only local or registry module sources are currently supported from within test run blocks.",
        )
    })
}
