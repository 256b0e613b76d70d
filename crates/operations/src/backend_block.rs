//! The backend block: evaluated, with what `init` is given over it, checked as far as it can be without the world.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use trueup_backend::{
    BlockHash, Error, LocalSettings, MISSING_REGION, SettingPlace, check_settings, schema,
    why_no_backend,
};
use trueup_config::{Backend, Config, read_arguments_file};
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_evaluator::body::{Meta, decode};
use trueup_evaluator::variables;
use trueup_parser::Expr;
use trueup_schema::Block;
use trueup_value::{Value, convert};

use crate::World;
use crate::beforehand::Beforehand;
use crate::storage::as_diagnostic;

/// The backend that a configuration asks for: its kind, its settings, and the hash of its block.
#[derive(Clone)]
pub struct Wanted {
    /// The kind; `None` without a block.
    pub kind: Option<String>,
    /// The settings, command line included.
    pub config: Value,
    /// The hash of the block as it is written.
    pub hash: BlockHash,
    /// Where settings are said that are not said in the block.
    pub places: BTreeMap<Arc<str>, Span>,
}

impl Wanted {
    /// What a configuration without a block asks for.
    pub fn none() -> Self {
        Self {
            kind: None,
            config: Value::dynamic_null(),
            hash: BlockHash::default(),
            places: BTreeMap::new(),
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
    let hash = BlockHash::new(&kind, &written);
    let mut members = written.as_members().cloned().unwrap_or_default();
    let mut places = BTreeMap::new();
    for (name, value, place) in given.into_iter().flatten() {
        places.insert(name.clone(), place);
        members.insert(name, value);
    }
    let wanted = Wanted {
        kind: Some(kind),
        config: Value::object(members),
        hash,
        places,
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
    let root = &config.root.module;
    let known = Beforehand::collect(world, root);
    let early = known.of_root(root);
    let settled = |expr: &Expr| early.value(expr);
    decode(&block.body, schema, Meta::default(), &settled)
}

/// Settings with their places.
type Settings = Vec<(Arc<str>, Value, Span)>;

/// One `-backend-config` option: `NAME=VALUE`, or a file of arguments.
fn read_option(
    world: &World,
    sources: &mut Arc<Sources>,
    schema: &Block,
    text: &str,
) -> Result<Settings, Diagnostics> {
    let Some((name, value)) = text.split_once('=') else {
        return read_file(&world.dir, sources, schema, text);
    };
    let Some(attribute) = schema.attributes.get(name) else {
        return Err(Diagnostic::error(
            "Invalid backend configuration argument",
            format!(
                "The backend configuration argument {name:?} given on the command line is not expected for the selected backend type."
            ),
        )
        .into());
    };
    let label = format!("-backend-config={text:?}");
    let source = Arc::make_mut(sources).add("-backend-config=...", text);
    let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let start = u32::try_from(name.len() + 1).unwrap_or(u32::MAX);
    let place = Span::new(source, start, end);
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
        Ok(value) => Ok(vec![(name.into(), value, place)]),
        Err(error) if !attribute.ty.is_primitive() => Err(Diagnostic::error(
            "Incorrect attribute value type",
            format!("Inappropriate value for attribute {name:?}: {error}."),
        )
        .at(place)
        .into()),
        Err(error) => Err(Diagnostic::error(
            "Invalid backend configuration value",
            format!("Invalid backend configuration argument {label}: {error}"),
        )
        .into()),
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
    let (body, mut diagnostics) = read_arguments_file(path, &bytes, Arc::make_mut(sources));
    let plain = |expr: &Expr| variables::constant(expr);
    let (value, found) = decode(&body, schema, Meta::default(), &plain);
    diagnostics.extend(found);
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    let members = value.as_members().cloned().unwrap_or_default();
    let settings = members.into_iter().filter_map(|(name, value)| {
        let place = body.attribute(&name)?.expr.span;
        Some((name, value, place))
    });
    Ok(settings.collect())
}

/// What is wrong with the settings that can be said before they are used, at the places of the block.
pub fn check(world: &World, config: &Config, wanted: &Wanted) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    let (Some(kind), Some(block)) = (&wanted.kind, &config.root.module.backend) else {
        return diagnostics;
    };
    let at = |name: &str| -> Span {
        let written = block.body.attribute(name).map(|written| written.expr.span);
        let given = wanted.places.get(name).copied();
        given
            .or(written)
            .unwrap_or_else(|| block.body.missing_item_span())
    };
    if kind == "local" {
        let member = |name: &str| wanted.config.as_members()?.get(name)?.as_str();
        // Terraform names both paths where both are empty.
        for name in ["path", "workspace_dir"] {
            if member(name) == Some("") {
                let error = Error::Setting {
                    setting: name.to_owned(),
                    problem: String::new(),
                };
                diagnostics.push(as_diagnostic(error).at(at(name)));
            }
        }
        if !diagnostics.has_errors()
            && let Err(error) = LocalSettings::from_config(&wanted.config, &world.place())
        {
            diagnostics.push(as_diagnostic(error).at(block.header));
        }
        return diagnostics;
    }
    let mut problems = match check_settings(kind, &wanted.config, &world.surroundings.environment) {
        Ok(problems) => problems,
        Err(error) => {
            diagnostics.push(as_diagnostic(error).at(block.header));
            return diagnostics;
        }
    };
    if world.local.is_some() {
        // The embedded AWS has a region of its own.
        problems.retain(|problem| problem.summary != MISSING_REGION);
    }
    let mut found: Vec<Diagnostic> = problems
        .into_iter()
        .map(|problem| {
            let diagnostic = match problem.is_error {
                true => Diagnostic::error(problem.summary, problem.detail),
                false => Diagnostic::warning(problem.summary, problem.detail),
            };
            diagnostic.at_some(match problem.at {
                SettingPlace::Setting(name) => Some(at(name)),
                SettingPlace::Block => Some(block.body.missing_item_span()),
                SettingPlace::Nowhere => None,
            })
        })
        .collect();
    found.sort_by_key(|diagnostic| diagnostic.subject);
    diagnostics.extend(found);
    diagnostics
}
