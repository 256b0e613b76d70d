//! Rooms of the evaluator over whole configurations: bodies by their schema, blocks to instances. Each file of
//! `tests/rooms` has blocks named as claims, and a golden beside it.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use trueup_addrs::{InstanceKey, ModuleInstance};
use trueup_config::{Config, InMemory, Repetition, Resource, load};
use trueup_diagnostics::{Diagnostics, Sources};
use trueup_evaluator::{Environment, Evaluator, Expansion, Repeated, expansion, instance};
use trueup_functions::NoFiles;
use trueup_schema::{Attribute, Block, NestedBlock, ResourceSchema};
use trueup_testkit::check_golden;
use trueup_value::{Marks, Type, Value, ValueRef, json};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/rooms")
        .join(name)
}

/// An evaluator that knows the locals and variables of a file; `var.later` is not known.
fn evaluator(name: &str) -> Evaluator {
    let bytes = std::fs::read(file(name)).expect("a file of ours");
    let mut sources = Sources::new();
    let files = InMemory([(name.to_owned(), bytes.into())].into());
    let (config, diagnostics) = load(&files, &mut sources);
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    let config: Arc<Config> = Arc::new(config);
    let environment = Environment {
        workspace: "default".into(),
        cwd: "/project".into(),
        base_dir: "/project".into(),
        home: None,
        files: Arc::new(NoFiles),
        plan_timestamp: "2026-01-02T03:04:05Z".into(),
        source: None,
        provider_functions: Default::default(),
    };
    let mut evaluator = Evaluator::new(config.clone(), Arc::new(sources), environment);
    let root = ModuleInstance::root();
    for name in config.root.module.variables.keys() {
        if name.starts_with("later") {
            evaluator.set_variable_unknown(&root, name);
        } else {
            let found = evaluator.set_variable(&root, name, None);
            assert!(!found.has_errors(), "{found:?}");
        }
    }
    evaluator
}

fn resources(evaluator: &Evaluator) -> Vec<Resource> {
    let module = &evaluator.config().root.module;
    module.resources.values().cloned().collect()
}

fn complaints(out: &mut String, diagnostics: &Diagnostics, sources: &Sources) {
    for diagnostic in diagnostics.iter() {
        let subject = diagnostic.subject;
        let place = subject.map_or_else(|| "-".into(), |subject| sources.place(subject));
        let detail = diagnostic.detail.replace('\n', "\\n");
        let mut flags = String::new();
        for (flag, set) in [
            (" (unknown)", diagnostic.unknown_caused),
            (" (sensitive)", diagnostic.sensitive_caused),
        ] {
            flags.push_str(if set { flag } else { "" });
        }
        let _ = writeln!(out, "  {place}: {}{flags} | {detail}", diagnostic.summary);
    }
}

/// A value as text, `?` for what is unknown, `!` before what is sensitive.
pub(crate) fn shown(value: &Value) -> String {
    if value.has_mark(Marks::SENSITIVE) {
        return format!("!{}", shown(&value.unmark().0));
    }
    let list = |elements: &[Value]| elements.iter().map(shown).collect::<Vec<_>>().join(", ");
    match value.view() {
        ValueRef::Unknown(..) => "?".into(),
        ValueRef::Null(_) => "null".into(),
        ValueRef::Object(members)
        | ValueRef::Map {
            elements: members, ..
        } => {
            let members = members
                .iter()
                .map(|(name, value)| format!("{name}: {}", shown(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        ValueRef::List { elements, .. } | ValueRef::Tuple(elements) => {
            format!("[{}]", list(elements))
        }
        ValueRef::Set { elements, .. } => format!("set[{}]", list(elements)),
        _ => json::encode(value).unwrap_or_default(),
    }
}

fn schema() -> ResourceSchema {
    let named = || Block::new().attribute("name", Attribute::required(Type::String));
    let index = named().attribute("keys", Attribute::optional(Type::list(Type::String)));
    let rule = named().attribute("weight", Attribute::optional(Type::Number));
    let block = Block::new()
        .attribute("name", Attribute::required(Type::String))
        .attribute("size", Attribute::optional(Type::Number))
        .attribute("tags", Attribute::optional(Type::map(Type::String)))
        .attribute("class", Attribute::optional_computed(Type::String))
        .attribute("id", Attribute::computed(Type::String))
        .block("ttl", NestedBlock::single(named()))
        .block("limits", NestedBlock::group(rule.clone()))
        .block("index", NestedBlock::list(index).max_items(2))
        .block("rule", NestedBlock::set(rule));
    ResourceSchema::new(block)
}

#[test]
fn bodies_decode_as_their_golden_says() {
    decode("bodies");
}

#[test]
fn dynamic_blocks_are_made_as_their_golden_says() {
    decode("dynamic");
}

fn decode(name: &str) {
    let evaluator = evaluator(&format!("{name}.tf"));
    let schema = schema();
    let mut out = String::new();
    for resource in resources(&evaluator) {
        let mut diagnostics = Diagnostics::default();
        let root = ModuleInstance::root();
        let repeated = match resource.repetition {
            Repetition::None => Repeated::None,
            Repetition::Count(_) => Repeated::Count(2),
            Repetition::ForEach(_) => Repeated::Each {
                key: "k".into(),
                value: Value::string("v"),
            },
        };
        let value = instance::configuration(
            &evaluator,
            &root,
            &resource,
            &schema,
            &repeated,
            &mut diagnostics,
        );
        let value = value.as_ref().map_or_else(|| "no value".into(), shown);
        let _ = writeln!(out, "{}\n  {value}", resource.addr.name);
        complaints(&mut out, &diagnostics, evaluator.sources());
    }
    check_golden(&file(&format!("{name}.txt")), &out);
}

#[test]
fn blocks_expand_as_their_golden_says() {
    let evaluator = evaluator("expansions.tf");
    let mut out = String::new();
    for resource in resources(&evaluator) {
        let root = ModuleInstance::root();
        let (expansion, diagnostics) = expansion::expand(&evaluator, &root, &resource.repetition);
        let instances = match &expansion {
            Expansion::Unknown => "unknown".to_owned(),
            other => {
                let instances = other.instances().into_iter().map(|(key, repeated)| {
                    assert!(other.contains(&key), "{key}");
                    match repeated {
                        Repeated::Each { value, .. } => format!("{key} = {}", shown(&value)),
                        _ => format!("{key:?}"),
                    }
                });
                instances.collect::<Vec<_>>().join(", ")
            }
        };
        assert!(!expansion.contains(&InstanceKey::Int(1 << 40)));
        let _ = writeln!(out, "{}: {instances}", resource.addr.name);
        complaints(&mut out, &diagnostics, evaluator.sources());
    }
    check_golden(&file("expansions.txt"), &out);
}
