//! The text of plans: each folder of `tests/plan_bodies` holds a plan in JSON and its text.

use std::fs;
use std::path::{Path, PathBuf};

use trueup_addrs::Mode as ResourceMode;
use trueup_plan::Mode;
use trueup_plan::json::Json;
use trueup_schema::{Attribute, Block, NestedBlock, ResourceSchema};
use trueup_value::Type;

use super::plan_reader::{Schemas, plan};
use crate::views::Style;
use crate::views::human::{PlanLook, plan_body};

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plan_bodies")
}

pub(crate) fn read(path: &Path) -> Json {
    let text = fs::read_to_string(path).expect("the fixture is there");
    Json::parse(&text).expect("the fixture is JSON")
}

fn text<'a>(json: &'a Json, name: &str) -> &'a str {
    json.get(name).and_then(Json::as_str).unwrap_or_default()
}

/// The schemas of the fixtures: names and types of attributes, and nested blocks with their nesting.
pub(crate) fn schemas() -> Schemas {
    let mut schemas = Schemas::default();
    let json = read(&folder().join("schemas.json"));
    for one in json.as_array().unwrap_or_default() {
        let mode = match text(one, "mode") {
            "data" => ResourceMode::Data,
            _ => ResourceMode::Managed,
        };
        let schema = ResourceSchema::new(block(one)).into();
        schemas
            .0
            .insert((mode, text(one, "type").to_owned()), schema);
    }
    schemas
}

fn block(json: &Json) -> Block {
    let mut block = Block::new();
    let members = |name: &str| json.get(name).and_then(Json::as_object).cloned();
    for (name, ty) in members("attributes").unwrap_or_default() {
        let ty = Type::from_json(&ty.to_line()).expect("the fixture's types are valid");
        block = block.attribute(name, Attribute::optional_computed(ty));
    }
    for (name, nested) in members("blocks").unwrap_or_default() {
        let [nesting, inner] = nested.as_array().unwrap_or_default() else {
            panic!("a nested block of the fixture has a nesting and a body");
        };
        let inner = self::block(inner);
        let nested = match nesting.as_str() {
            Some("set") => NestedBlock::set(inner),
            Some("single") => NestedBlock::single(inner),
            _ => NestedBlock::list(inner),
        };
        block = block.block(name, nested);
    }
    block
}

/// Compares with the file, or writes it where `UPDATE_GOLDENS` is set.
pub(crate) fn golden(path: &Path, got: &str) -> Result<(), String> {
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        fs::write(path, got).expect("goldens can be written");
        return Ok(());
    }
    let want = fs::read_to_string(path).unwrap_or_default();
    if want == got {
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(&want, got);
    let diff = diff.unified_diff().context_radius(3).to_string();
    Err(format!("{}:\n{diff}", path.display()))
}

#[test]
fn plans_read_as_recorded() {
    let schemas = schemas();
    let mut wrong = Vec::new();
    let mut cases = 0;
    for entry in fs::read_dir(folder()).expect("the fixtures are there") {
        let case = entry.expect("the folder can be read").path();
        if !case.is_dir() {
            continue;
        }
        cases += 1;
        let json = read(&case.join("plan.json"));
        let mode = match text(&json, "mode") {
            "destroy" => Mode::Destroy,
            "refresh-only" => Mode::RefreshOnly,
            _ => Mode::Normal,
        };
        let plan = plan(&json, mode, &schemas);
        let got = plan_body(&plan, &schemas, PlanLook::default());
        let got: String = got
            .lines()
            .map(|line| format!("{}\n", line.trim_end()))
            .collect();
        wrong.extend(golden(&case.join("body.txt"), &got).err());
    }
    assert!(cases > 30, "only {cases} fixtures");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn colour_changes_nothing_but_colour() {
    let schemas = schemas();
    let json = read(&folder().join("table-update-combined/plan.json"));
    let plan = plan(&json, Mode::Normal, &schemas);
    let look = PlanLook {
        style: Style::COLOURED,
        ..PlanLook::default()
    };
    let coloured = plan_body(&plan, &schemas, look);
    assert!(coloured.contains("\x1b[33m~\x1b[0m"));
    let mut bare = String::new();
    let mut rest = &coloured[..];
    while let Some(at) = rest.find('\x1b') {
        bare.push_str(&rest[..at]);
        let end = rest[at..].find('m').expect("a colour sequence ends");
        rest = &rest[at + end + 1..];
    }
    bare.push_str(rest);
    assert_eq!(bare, plan_body(&plan, &schemas, PlanLook::default()));
}
