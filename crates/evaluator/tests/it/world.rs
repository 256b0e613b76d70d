//! A small world to evaluate expressions in: the variables, locals and resources of one file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use trueup_addrs::{ProviderAddr, Reference, Subject};
use trueup_diagnostics::{Diagnostic, Sources, Span};
use trueup_evaluator::expression::{Resolved, Scope, evaluate};
use trueup_evaluator::type_constraint;
use trueup_functions::{Context, DiskFiles};
use trueup_parser::{Block, Body, Expr, Traversal, parse_file};
use trueup_value::{Marks, Type, Value, convert};

/// Everything an expression of the cases may refer to, with what a plan knows of it.
pub(crate) struct World {
    pub(crate) sources: Sources,
    base_dir: PathBuf,
    values: BTreeMap<String, Value>,
}

/// The place of one evaluation.
pub(crate) struct Place<'a> {
    world: &'a World,
    functions: Context<'a>,
    count: Option<usize>,
    each: Option<(Arc<str>, Value)>,
}

impl World {
    /// Reads `context.tf` of a directory.
    pub(crate) fn read(directory: &Path) -> World {
        let mut sources = Sources::new();
        let bytes = std::fs::read(directory.join("context.tf")).expect("context.tf is there");
        let (_, body, diagnostics) = parse_file(&mut sources, "context.tf", &bytes);
        assert!(!diagnostics.has_errors(), "{diagnostics:?}");
        let mut world = World {
            sources,
            base_dir: directory.to_owned(),
            values: BTreeMap::new(),
        };
        for block in body.blocks_of("variable") {
            world.add_variable(block);
        }
        let locals: Vec<_> = body
            .blocks_of("locals")
            .flat_map(|block| &block.body.attributes)
            .collect();
        // Whatever refers to something not known yet waits for the next round.
        for _ in 0..locals.len() + 2 {
            for local in &locals {
                world.add(&format!("local.{}", local.name), &local.expr, None, None);
            }
            for block in body.blocks_of("resource") {
                world.add_resource(block);
            }
        }
        world
    }

    pub(crate) fn place(&self) -> Place<'_> {
        Place {
            world: self,
            functions: Context {
                files: &DiskFiles,
                base_dir: &self.base_dir,
                home: Some(Path::new("/home/someone")),
                plan_timestamp: Some("2026-01-02T03:04:05Z"),
                source: None,
            },
            count: None,
            each: None,
        }
    }

    fn add_variable(&mut self, block: &Block) {
        let name = block.label(0).expect("a variable has a name");
        let flag = |body: &Body, name: &str| {
            body.attribute(name).is_some_and(|attribute| {
                evaluate(&attribute.expr, &self.place()).0.as_bool() == Some(true)
            })
        };
        let (ty, defaults) = match block.body.attribute("type") {
            Some(attribute) => {
                let (ty, defaults, diagnostics) = type_constraint::read(&attribute.expr);
                assert!(!diagnostics.has_errors(), "{diagnostics:?}");
                (ty, defaults)
            }
            None => (Type::Dynamic, None),
        };
        let default = block
            .body
            .attribute("default")
            .expect("every variable has a default");
        let (mut value, _) = evaluate(&default.expr, &self.place());
        if let Some(defaults) = defaults {
            value = defaults.apply(&value);
        }
        value = convert(&value, &ty).expect("the defaults fit their types");
        if flag(&block.body, "sensitive") {
            value = value.with_marks(Marks::SENSITIVE);
        }
        if flag(&block.body, "ephemeral") {
            value = value.with_marks(Marks::EPHEMERAL);
        }
        self.values.insert(format!("var.{name}"), value);
    }

    fn add(
        &mut self,
        name: &str,
        expr: &Expr,
        count: Option<usize>,
        each: Option<(Arc<str>, Value)>,
    ) {
        let place = Place {
            count,
            each,
            ..self.place()
        };
        if expr
            .references()
            .iter()
            .all(|reference| place.resolve(reference.traversal, reference.span).is_ok())
        {
            let (value, diagnostics) = evaluate(expr, &place);
            assert!(!diagnostics.has_errors(), "{name}: {diagnostics:?}");
            self.values.insert(name.to_owned(), value);
        }
    }

    fn add_resource(&mut self, block: &Block) {
        let name = format!(
            "terraform_data.{}",
            block.label(1).expect("a resource has a name")
        );
        if self.values.contains_key(&name) {
            return;
        }
        let input = &block
            .body
            .attribute("input")
            .expect("every resource has an input")
            .expr;
        let argument = |name: &str| {
            block
                .body
                .attribute(name)
                .map(|attribute| evaluate(&attribute.expr, &self.place()).0)
        };
        let (count, each) = (argument("count"), argument("for_each"));
        let mut instance = |count, each| {
            self.add(&name, input, count, each);
            self.values.remove(&name).map(|input| {
                Value::object_from([
                    ("id", Value::unknown(Type::String).refine_not_null()),
                    ("output", Value::unknown(input.ty())),
                    ("input", input),
                    ("triggers_replace", Value::dynamic_null()),
                ])
            })
        };
        let value = if let Some(count) = count {
            let count = count.as_number().and_then(|n| n.to_usize()).unwrap_or(0);
            Some(Value::tuple(
                (0..count)
                    .filter_map(|at| instance(Some(at), None))
                    .collect(),
            ))
        } else if let Some(each) = each {
            let members = each.as_members().expect("for_each is an object");
            Some(Value::object_from(members.iter().filter_map(
                |(key, value)| {
                    let made = instance(None, Some((key.clone(), value.clone())))?;
                    Some((key.clone(), made))
                },
            )))
        } else {
            instance(None, None)
        };
        if let Some(value) = value {
            self.values.insert(name, value);
        }
    }
}

impl Scope for Place<'_> {
    fn required_provider(&self, local_name: &str) -> Option<ProviderAddr> {
        (local_name == "terraform").then(|| ProviderAddr::builtin("terraform"))
    }

    fn resolve(&self, reference: &Traversal, span: Span) -> Result<Resolved, Diagnostic> {
        let read = Reference::read(reference)?;
        let found =
            |kind: &str, name: &str| self.world.values.get(&format!("{kind}.{name}")).cloned();
        let missing = |summary: &str| Diagnostic::error(summary, "").at(span);
        let value = match &read.subject {
            Subject::Variable(name) => found("var", name)
                .ok_or_else(|| missing("Reference to undeclared input variable"))?,
            Subject::Local(name) => found("local", name)
                .ok_or_else(|| missing("Reference to undeclared local value"))?,
            Subject::Resource(resource) => found(&resource.kind, &resource.name)
                .ok_or_else(|| missing("Reference to undeclared resource"))?,
            Subject::Path(name) => match &**name {
                "module" | "root" => Value::string("."),
                "cwd" => Value::string(self.world.base_dir.to_string_lossy()),
                _ => return Err(missing("Invalid \"path\" attribute")),
            },
            Subject::Terraform(name) => match &**name {
                "workspace" => Value::string("default"),
                _ => return Err(missing("Invalid \"terraform\" attribute")),
            },
            Subject::Count(name) => match (self.count, &**name) {
                (Some(at), "index") => Value::from(at),
                (None, "index") => {
                    return Err(missing("Reference to \"count\" in non-counted context"));
                }
                _ => return Err(missing("Invalid \"count\" attribute")),
            },
            Subject::Each(name) => match (&self.each, &**name) {
                (Some((key, _)), "key") => Value::shared_string(key.clone()),
                (Some((_, value)), "value") => value.clone(),
                (None, "value") => {
                    return Err(missing("each.value cannot be used in this context"));
                }
                (None, "key") => {
                    return Err(missing("Reference to \"each\" in context without for_each"));
                }
                _ => return Err(missing("Invalid \"each\" attribute")),
            },
            Subject::ModuleCall(_) => return Err(missing("Reference to undeclared module")),
            Subject::SelfObject => return Err(missing("Invalid \"self\" reference")),
            Subject::Ephemeral(..) => return Err(missing("Reference to undeclared resource")),
        };
        Ok(Resolved::new(value, read.consumed))
    }

    fn functions(&self) -> Option<&Context<'_>> {
        Some(&self.functions)
    }

    fn sources(&self) -> Option<&Sources> {
        Some(&self.world.sources)
    }
}
