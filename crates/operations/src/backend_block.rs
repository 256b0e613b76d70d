//! The backend block: evaluated, with what `init` is given over it, checked as far as it can be without the world.

use std::path::Path;
use std::sync::Arc;

use trueup_backend::{
    Error, LocalSettings, S3Settings, config_hash, required_settings, schema, why_no_backend,
};
use trueup_config::{Backend, Config};
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_evaluator::body::{Meta, decode};
use trueup_evaluator::early::{Early, Inputs};
use trueup_evaluator::variables;
use trueup_parser::Expr;
use trueup_schema::Block;
use trueup_value::{Value, convert};

use crate::storage::{as_diagnostic, selected_workspace};
use crate::{Project, World, inputs};

/// The backend that a configuration asks for: its kind, its settings, and the hash of its block.
#[derive(Clone)]
pub struct Wanted {
    /// The kind; `None` without a block.
    pub kind: Option<String>,
    /// The settings, command line included.
    pub config: Value,
    /// The hash of the block as it is written.
    pub hash: u32,
}

impl Wanted {
    /// What a configuration without a block asks for.
    pub fn none() -> Self {
        Self {
            kind: None,
            config: Value::dynamic_null(),
            hash: 0,
        }
    }
}

/// Reads the backend block. `more` are the `-backend-config` options of `init`, whose texts are added to the
/// sources.
pub fn wanted(
    world: &World,
    config: &Config,
    sources: &mut Arc<Sources>,
    more: &[String],
) -> (Wanted, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let Some(block) = &config.root.module.backend else {
        if !more.is_empty() {
            diagnostics.push(missing_block());
        }
        return (Wanted::none(), diagnostics);
    };
    let kind = block.kind.to_string();
    let Some(schema) = schema(&kind) else {
        diagnostics.push(unsupported(block));
        let wanted = Wanted {
            kind: Some(kind),
            ..Wanted::none()
        };
        return (wanted, diagnostics);
    };
    let mut given = Vec::new();
    for text in more.iter().filter(|text| !text.is_empty()) {
        match read_option(world, sources, &schema, text) {
            Ok(settings) => given.push(settings),
            Err(found) => diagnostics.extend(found),
        }
    }
    if diagnostics.has_errors() {
        return (Wanted::none(), diagnostics);
    }
    let (written, found) = evaluated(world, config, block, &schema);
    diagnostics.extend(found);
    let hash = config_hash(&kind, &written);
    let mut members = written.as_members().cloned().unwrap_or_default();
    for settings in given {
        members.extend(settings);
    }
    let wanted = Wanted {
        kind: Some(kind),
        config: Value::object(members),
        hash,
    };
    (wanted, diagnostics)
}

fn unsupported(block: &Backend) -> Diagnostic {
    Diagnostic::error("Unsupported backend type", why_no_backend(&block.kind)).at(block.kind_span)
}

fn missing_block() -> Diagnostic {
    Diagnostic::warning(
        "Missing backend configuration",
        "-backend-config was used without a \"backend\" block in the configuration.\n\nIf you intended to override the default local backend configuration,\nno action is required, but you may add an explicit backend block to your\nconfiguration to clear this warning:\n\nterraform {\n  backend \"local\" {}\n}\n\nHowever, if you intended to override a defined backend, please verify that\nthe backend configuration is present and valid.\n",
    )
}

/// The block's value. Only where it holds more than literals are the values of variables looked for.
fn evaluated(
    world: &World,
    config: &Config,
    block: &Backend,
    schema: &Block,
) -> (Value, Diagnostics) {
    let plain = |expr: &Expr| variables::constant(expr);
    let (value, found) = decode(&block.body, schema, Meta::default(), &plain);
    if !found.has_errors() {
        return (value, found);
    }
    let mut project = Project {
        config: Arc::new(config.clone()),
        ..Project::default()
    };
    // What is wrong with the values is said where a plan is made.
    let (values, _) = inputs::collect(world, &mut project, &world.assignments);
    let environment = world.environment(&selected_workspace(world), "", false);
    let early = Early {
        module: &config.root.module,
        dir: ".",
        inputs: Inputs::Given(&values),
        environment: &environment,
    };
    let settled = |expr: &Expr| early.value(expr);
    decode(&block.body, schema, Meta::default(), &settled)
}

type Settings = Vec<(Arc<str>, Value)>;

/// One `-backend-config` option: `NAME=VALUE`, or a file of arguments.
fn read_option(
    world: &World,
    sources: &mut Arc<Sources>,
    schema: &Block,
    text: &str,
) -> Result<Settings, Diagnostics> {
    let one = |diagnostic: Diagnostic| Diagnostics::from_iter([diagnostic]);
    let Some((name, value)) = text.split_once('=') else {
        return read_file(&world.dir, sources, schema, text);
    };
    let Some(attribute) = schema.attributes.get(name) else {
        return Err(one(Diagnostic::error(
            "Invalid backend configuration argument",
            format!(
                "The backend configuration argument {name:?} given on the command line is not expected for the selected backend type."
            ),
        )));
    };
    let label = format!("-backend-config={text:?}");
    let given = if attribute.ty.is_primitive() {
        Value::string(value)
    } else {
        let (value, found) = variables::from_text(value, &label, true, Arc::make_mut(sources));
        if found.has_errors() {
            return Err(found);
        }
        value
    };
    match convert::convert(&given, &attribute.ty) {
        Ok(value) => Ok(vec![(name.into(), value)]),
        Err(error) => Err(one(Diagnostic::error(
            "Invalid backend configuration value",
            format!("Invalid backend configuration argument {label}: {error}"),
        ))),
    }
}

/// A file of arguments: those that it sets.
fn read_file(
    dir: &Path,
    sources: &mut Arc<Sources>,
    schema: &Block,
    path: &str,
) -> Result<Settings, Diagnostics> {
    let bytes = std::fs::read(dir.join(path)).map_err(|error| {
        Diagnostics::from_iter([Diagnostic::error(
            "Failed to read file",
            format!("The file {path:?} could not be read: {error}."),
        )])
    })?;
    let (_, body, mut diagnostics) =
        trueup_parser::parse_file(Arc::make_mut(sources), path, &bytes);
    let plain = |expr: &Expr| variables::constant(expr);
    let (value, found) = decode(&body, schema, Meta::default(), &plain);
    diagnostics.extend(found);
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    let members = value.as_members().cloned().unwrap_or_default();
    let set = |name: &str| body.attribute(name).is_some() || body.blocks_of(name).next().is_some();
    Ok(members.into_iter().filter(|(name, _)| set(name)).collect())
}

/// What is wrong with the settings that can be said before they are used, at the places of the block.
pub fn check(world: &World, config: &Config, wanted: &Wanted) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    let (Some(kind), Some(block)) = (&wanted.kind, &config.root.module.backend) else {
        return diagnostics;
    };
    let at = |name: &str| -> Span {
        let written = block.body.attribute(name);
        written.map_or_else(
            || block.body.missing_item_span(),
            |attribute| attribute.expr.span,
        )
    };
    let member = |name: &str| {
        let members = wanted.config.as_members();
        members.and_then(|members| members.get(name))
    };
    for name in required_settings(kind) {
        if member(name).is_none_or(Value::is_null) {
            diagnostics.push(
                Diagnostic::error(
                    "Missing Required Value",
                    format!("The attribute {name:?} is required by the backend.\n\nRefer to the backend documentation for additional information which attributes are required."),
                )
                .at(at(name)),
            );
        }
    }
    if kind == "local" {
        // Terraform names both paths where both are empty.
        for name in ["path", "workspace_dir"] {
            if member(name).and_then(Value::as_str) == Some("") {
                let error = Error::Setting {
                    setting: name.to_owned(),
                    problem: String::new(),
                };
                diagnostics.push(as_diagnostic(error).at(at(name)));
            }
        }
    }
    if diagnostics.has_errors() {
        return diagnostics;
    }
    let found = match kind.as_str() {
        "local" => LocalSettings::from_config(&wanted.config, &world.place()).err(),
        "s3" => S3Settings::from_config(&wanted.config).err(),
        _ => None,
    };
    if let Some(error) = found {
        let span = match &error {
            Error::Setting { setting, .. } => at(setting),
            _ => block.header,
        };
        diagnostics.push(as_diagnostic(error).at(span));
    }
    diagnostics
}
