//! The section `configuration` of plan JSON: what the configuration says, expressions not evaluated.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::Mode;
use trueup_config::{Config, Module, ModuleCall, ModuleNode, Repetition, Resource, Variable};
use trueup_parser::{Block as WrittenBlock, Body};
use trueup_schema::{Block, Nesting};

use super::configured_providers::ProviderKeys;
use super::expression::{constant, expression, subject_name};
use super::{Fields, Json};
use crate::SchemaSource;

/// The section `configuration`.
pub(super) fn configuration(config: &Config, schemas: &dyn SchemaSource) -> Json {
    let providers = ProviderKeys::of(config);
    let mut fields = Fields::new();
    let listed = providers.json();
    if !listed.is_empty() {
        fields = fields.with("provider_config", Json::object(listed));
    }
    let writer = Writer {
        schemas,
        providers: &providers,
    };
    fields
        .with("root_module", writer.module(&config.root))
        .json()
}

/// What all modules are written with.
struct Writer<'a> {
    schemas: &'a dyn SchemaSource,
    providers: &'a ProviderKeys,
}

impl Writer<'_> {
    fn module(&self, node: &ModuleNode) -> Json {
        let written = &node.module;
        let outputs = written.outputs.iter().map(|(name, output)| {
            let after = depends_on(&output.depends_on);
            let json = Fields::new()
                .with_some("sensitive", output.sensitive.then_some(Json::Bool(true)))
                .with("expression", expression(&output.value))
                .with_some("depends_on", after)
                .with_some("description", description(output.description.as_deref()))
                .json();
            (name.clone(), json)
        });
        let resources = written
            .resources
            .values()
            .map(|one| (one.addr.mode, self.resource(one, node)));
        let variables = written
            .variables
            .iter()
            .map(|(name, one)| (name.clone(), variable(one, self.schemas)));
        let calls = written.calls.iter().filter_map(|(name, call)| {
            let called = node.children.get(name)?;
            Some((name.clone(), self.call(call, called)))
        });
        let some_object =
            |members: Vec<(Arc<str>, Json)>| (!members.is_empty()).then(|| Json::object(members));
        // Managed resources come first here, unlike anywhere else.
        let (managed, data): (Vec<_>, Vec<_>) =
            resources.partition(|(mode, _)| *mode == Mode::Managed);
        let resources: Vec<Json> = managed
            .into_iter()
            .chain(data)
            .map(|(_, json)| json)
            .collect();
        Fields::new()
            .with_some("outputs", some_object(outputs.collect()))
            .with_some(
                "resources",
                (!resources.is_empty()).then(|| Json::array(resources)),
            )
            .with_some("module_calls", some_object(calls.collect()))
            .with_some("variables", some_object(variables.collect()))
            .json()
    }

    /// A module call, and in it the module that it calls.
    fn call(&self, call: &ModuleCall, called: &ModuleNode) -> Json {
        let expressions: BTreeMap<Arc<str>, Json> = call
            .body
            .attributes
            .iter()
            .filter(|attribute| called.module.variables.contains_key(&attribute.name))
            .map(|attribute| (attribute.name.clone(), expression(&attribute.expr)))
            .collect();
        let (count, each) = repetition(&call.repetition);
        let version = call
            .version
            .as_ref()
            .and_then(|version| version.as_string_literal());
        Fields::new()
            .with_some("source", call.source_text().map(Json::string))
            .with_some(
                "expressions",
                (!expressions.is_empty()).then(|| Json::object(expressions)),
            )
            .with_some("count_expression", count)
            .with_some("for_each_expression", each)
            .with("module", self.module(called))
            .with_some("version_constraint", version.map(Json::string))
            .with_some("depends_on", depends_on(&call.depends_on))
            .json()
    }

    fn resource(&self, resource: &Resource, node: &ModuleNode) -> Json {
        let module: &Module = &node.module;
        let addr = &resource.addr;
        let (name, alias) = module.provider_of(resource);
        let provider = module.provider_addr(&name);
        let schema = self.schemas.schema(&provider, addr.mode, &addr.kind);
        let expressions = match &schema {
            Some(schema) => body_by_schema(&resource.body, &schema.block),
            None => body_by_syntax(&resource.body, resource.meta().0),
        };
        let (count, each) = repetition(&resource.repetition);
        Fields::new()
            .text("address", addr.to_string())
            .text("mode", super::document::mode_text(addr.mode))
            .text("type", &addr.kind)
            .text("name", &addr.name)
            .text(
                "provider_config_key",
                self.providers.key(node, &name, alias.as_deref()),
            )
            .with_some(
                "expressions",
                (!expressions.is_empty()).then(|| Json::object(expressions)),
            )
            .with(
                "schema_version",
                Json::number(schema.map_or(0, |schema| schema.version)),
            )
            .with_some("count_expression", count)
            .with_some("for_each_expression", each)
            .with_some("depends_on", depends_on(&resource.depends_on))
            .json()
    }
}

/// The expressions of `count` and of `for_each`.
fn repetition(repetition: &Repetition) -> (Option<Json>, Option<Json>) {
    let (count, each) = match repetition {
        Repetition::None => (None, None),
        Repetition::Count(count) => (Some(expression(count)), None),
        Repetition::ForEach(each) => (None, Some(expression(each))),
    };
    (count.filter(says_something), each.filter(says_something))
}

fn description(text: Option<&str>) -> Option<Json> {
    text.filter(|text| !text.is_empty()).map(Json::string)
}

fn depends_on(references: &[trueup_parser::Traversal]) -> Option<Json> {
    let names: Vec<Json> = references
        .iter()
        .filter_map(subject_name)
        .map(Json::string)
        .collect();
    (!names.is_empty()).then(|| Json::array(names))
}

fn variable(variable: &Variable, schemas: &dyn SchemaSource) -> Json {
    Fields::new()
        .with_some("default", default_value(variable, schemas))
        .with_some("description", description(variable.description.as_deref()))
        .with_some("sensitive", variable.sensitive.then_some(Json::Bool(true)))
        .json()
}

/// The default of a variable; `None` without one.
pub(super) fn default_value(variable: &Variable, schemas: &dyn SchemaSource) -> Option<Json> {
    let written = variable.default.as_ref()?;
    match schemas.variable_default(variable) {
        Some(value) => super::value::known(&value),
        None => constant(written),
    }
}

fn says_something(expression: &Json) -> bool {
    !matches!(expression, Json::Fields(fields) if fields.is_empty())
}

fn body_by_schema(body: &Body, schema: &Block) -> BTreeMap<Arc<str>, Json> {
    let mut members = BTreeMap::new();
    let (body, _) = body.with_json_blocks(|name| {
        Some(match schema.blocks.get(name)?.nesting {
            Nesting::Map => &["key"],
            _ => &[],
        })
    });
    for attribute in &body.attributes {
        if schema.attributes.contains_key(&attribute.name) {
            members.insert(attribute.name.clone(), expression(&attribute.expr));
        }
    }
    for (name, nested) in &schema.blocks {
        let blocks: Vec<&WrittenBlock> = body.blocks_of(name).collect();
        let inner =
            |block: &&WrittenBlock| Json::object(body_by_schema(&block.body, &nested.block));
        let json = match nested.nesting {
            _ if blocks.is_empty() => continue,
            Nesting::Single | Nesting::Group => inner(&blocks[0]),
            Nesting::List | Nesting::Set => Json::array(blocks.iter().map(inner)),
            Nesting::Map => Json::object(blocks.iter().filter_map(|block| {
                let label = block.label(0)?.clone();
                Some((label, inner(block)))
            })),
        };
        members.insert(name.clone(), json);
    }
    members
}

/// A body whose schema is not at hand: every argument but those named, every block as a list.
pub(super) fn body_by_syntax(body: &Body, without: &[&str]) -> BTreeMap<Arc<str>, Json> {
    let mut members: BTreeMap<Arc<str>, Json> = body
        .attributes
        .iter()
        .filter(|attribute| !without.contains(&&*attribute.name))
        .map(|attribute| (attribute.name.clone(), expression(&attribute.expr)))
        .collect();
    let mut blocks: BTreeMap<Arc<str>, Vec<Json>> = BTreeMap::new();
    for block in &body.blocks {
        let inner = Json::object(body_by_syntax(&block.body, &[]));
        blocks
            .entry(block.kind.name.clone())
            .or_default()
            .push(inner);
    }
    members.extend(
        blocks
            .into_iter()
            .filter(|(name, _)| !Resource::META_BLOCKS.contains(&&**name))
            .map(|(name, blocks)| (name, Json::array(blocks))),
    );
    members
}
