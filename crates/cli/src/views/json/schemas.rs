//! What `providers schema -json` prints.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_plan::json::{Fields, Json};
use trueup_provider::{Provider, ProviderSchema};
use trueup_schema::{Attribute, Block, Nesting, ResourceSchema};
use trueup_value::Type;

/// The document of the given providers, on one line.
pub fn schemas<'a>(providers: impl IntoIterator<Item = &'a Arc<dyn Provider>>) -> String {
    let schemas: BTreeMap<Arc<str>, Json> = providers
        .into_iter()
        .map(|one| (one.address().to_string().into(), provider(one.schema())))
        .collect();
    Fields::new()
        .text("format_version", "1.0")
        .with_some(
            "provider_schemas",
            (!schemas.is_empty()).then(|| Json::object(schemas)),
        )
        .json()
        .to_line()
}

fn provider(schema: &ProviderSchema) -> Json {
    let all = |types: &BTreeMap<Arc<str>, Arc<ResourceSchema>>| {
        let documents = types
            .iter()
            .map(|(name, schema)| (name.clone(), resource(schema.version, Some(&schema.block))));
        (!types.is_empty()).then(|| Json::object(documents))
    };
    let config = (schema.config != Block::default()).then_some(&schema.config);
    Fields::new()
        .with("provider", resource(0, config))
        .with_some("resource_schemas", all(&schema.resources))
        .with_some("data_source_schemas", all(&schema.data_sources))
        .json()
}

fn resource(version: u64, shape: Option<&Block>) -> Json {
    Fields::new()
        .with("version", Json::number(version))
        .with_some("block", shape.map(block))
        .json()
}

fn block(shape: &Block) -> Json {
    let attributes = shape
        .attributes
        .iter()
        .map(|(name, one)| (name.clone(), attribute(one)));
    let blocks = shape.blocks.iter().map(|(name, nested)| {
        let json = Fields::new()
            .text("nesting_mode", nesting(nested.nesting))
            .with("block", block(&nested.block))
            .with_some("min_items", limit(nested.min_items))
            .with_some("max_items", limit(nested.max_items))
            .json();
        (name.clone(), json)
    });
    Fields::new()
        .with_some(
            "attributes",
            (!shape.attributes.is_empty()).then(|| Json::object(attributes)),
        )
        .with_some(
            "block_types",
            (!shape.blocks.is_empty()).then(|| Json::object(blocks)),
        )
        .with_some("description", text(&shape.description))
        .text("description_kind", "plain")
        .with_some("deprecated", flag(shape.deprecated.is_some()))
        .json()
}

fn attribute(one: &Attribute) -> Json {
    Fields::new()
        .with("type", ty(&one.ty))
        .with_some("description", text(&one.description))
        .text("description_kind", "plain")
        .with_some("deprecated", flag(one.deprecated.is_some()))
        .with_some("required", flag(one.required))
        .with_some("optional", flag(one.optional))
        .with_some("computed", flag(one.computed))
        .with_some("sensitive", flag(one.sensitive))
        .with_some("write_only", flag(one.write_only))
        .json()
}

fn nesting(nesting: Nesting) -> &'static str {
    match nesting {
        Nesting::Single => "single",
        Nesting::Group => "group",
        Nesting::List => "list",
        Nesting::Set => "set",
        Nesting::Map => "map",
    }
}

fn limit(items: u32) -> Option<Json> {
    (items > 0).then(|| Json::number(items.into()))
}

fn flag(set: bool) -> Option<Json> {
    set.then_some(Json::Bool(true))
}

fn text(text: &str) -> Option<Json> {
    (!text.is_empty()).then(|| Json::string(text))
}

/// A type as documents write it.
pub fn ty(ty: &Type) -> Json {
    Json::parse(&ty.to_json()).unwrap_or_default()
}
