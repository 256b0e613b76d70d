//! Comparing values by their types, and blocks by their schema.

use std::collections::{BTreeMap, HashMap};

use trueup_plan::Action;
use trueup_plan::json::Json;
use trueup_schema::{Block, Nesting};
use trueup_value::Type;

use super::sequence::walk;
use super::{BlockDiff, BlockGroup, Change, Diff, Kind, Paths, SensitiveDiff, combine, json_value};

/// Compares the value of an output.
pub fn compare_output(change: &Change) -> Diff {
    let inner = |change: &Change| compare_type(change, &Type::Dynamic, true);
    if let Some(diff) = hidden(change, &inner) {
        return diff;
    }
    if let Some(diff) = not_known_yet(change, Json::Bool(false), &inner) {
        return diff;
    }
    json_value::compare(change)
}

/// Compares a value of a type; the empty text is itself.
pub fn compare_value(change: &Change, ty: &Type) -> Diff {
    compare_type(change, ty, false)
}

/// Compares the body of a resource by its schema.
pub fn compare_resource(change: &Change, block: &Block) -> Diff {
    compare_block(change, block, is_legacy(block))
}

/// Whether the schema is one that the providers of old could write: their values do not always tell null
/// from the empty text.
fn is_legacy(block: &Block) -> bool {
    let has_dynamic = block
        .attributes
        .values()
        .any(|attribute| attribute.ty == Type::Dynamic);
    !has_dynamic
}

fn compare_block(change: &Change, block: &Block, legacy: bool) -> Diff {
    if let Some(mut diff) = hidden(change, &|change| compare_block(change, block, legacy)) {
        if let Kind::Sensitive(sensitive) = diff.kind {
            diff.kind = Kind::SensitiveBlock(sensitive);
        }
        return diff;
    }
    // The attributes of a block that is not known yet are unknown themselves, not deleted.
    let below = Json::object(
        block
            .attributes
            .keys()
            .map(|name| (name.clone(), Json::Bool(true))),
    );
    if let Some(diff) = not_known_yet(change, below, &|change| {
        compare_block(change, block, legacy)
    }) {
        return diff;
    }
    let mut action = change.action_of_whole();
    let mut body = BlockDiff::default();
    for (name, attribute) in &block.attributes {
        let mut part = change.member(name).if_relevant();
        part.before_explicit = false;
        part.after_explicit = false;
        let diff = compare_type(&part, &attribute.ty, legacy);
        if diff.action == Action::NoOp && part.before.is_null() && part.after.is_null() {
            continue;
        }
        action = combine(action, diff.action);
        body.attributes.insert(name.to_string(), diff);
    }
    for (name, nested) in &block.blocks {
        let part = change.member(name).if_relevant();
        let group = compare_group(&part, nested.nesting, &nested.block, legacy);
        let nothing = group.0 == Action::NoOp && part.before.is_null() && part.after.is_null();
        if nothing && !part.is_unknown() {
            continue;
        }
        action = combine(action, group.0);
        body.blocks.insert(name.to_string(), group.1);
    }
    Diff::new(action, Kind::Block(body), change.replace.matches())
}

fn compare_group(
    change: &Change,
    nesting: Nesting,
    block: &Block,
    legacy: bool,
) -> (Action, BlockGroup) {
    let mut blocks: Vec<(Option<String>, Diff)> = Vec::new();
    let mut action = change.action_of_whole();
    let mut add = |key: Option<String>, change: &Change| {
        let diff = compare_block(change, block, legacy);
        action = combine(action, diff.action);
        blocks.push((key, diff));
    };
    match nesting {
        Nesting::Set => each_of_set(change, |part| add(None, part)),
        Nesting::List => {
            let longest = change
                .elements_before()
                .len()
                .max(change.elements_after().len());
            for at in 0..longest {
                add(None, &change.element(Some(at), Some(at)).if_relevant());
            }
        }
        Nesting::Map => {
            for key in change.keys() {
                let part = change.member(&key).if_relevant();
                add(Some(key.to_string()), &part);
            }
        }
        Nesting::Single | Nesting::Group => {
            let diff = compare_block(change, block, legacy);
            action = diff.action;
            if !(diff.action == Action::NoOp && change.before.is_null() && change.after.is_null()) {
                blocks.push((None, diff));
            }
        }
    }
    let is_single = matches!(nesting, Nesting::Single | Nesting::Group);
    let group = BlockGroup {
        blocks,
        replace: change.replace.matches(),
        before_sensitive: change.was_sensitive(),
        after_sensitive: change.is_sensitive(),
        unknown: change.is_unknown() && !is_single,
    };
    (action, group)
}

/// Compares a value of a type. In a legacy schema the empty text counts as null.
fn compare_type(change: &Change, ty: &Type, legacy: bool) -> Diff {
    let without_empty;
    let mut change = change;
    if legacy
        && [&change.before, &change.after]
            .iter()
            .any(|value| value.as_str() == Some(""))
    {
        let or_null = |value: &Json| match value.as_str() {
            Some("") => Json::Null,
            _ => value.clone(),
        };
        without_empty = Change {
            before: or_null(&change.before),
            after: or_null(&change.after),
            ..change.clone()
        };
        change = &without_empty;
    }
    let again = |change: &Change| compare_type(change, ty, legacy);
    if let Some(diff) = hidden(change, &again) {
        return diff;
    }
    if let Some(diff) = not_known_yet(change, Json::Bool(false), &again) {
        return diff;
    }
    let replace = change.replace.matches();
    let (before, after) = (change.before.clone(), change.after.clone());
    match ty {
        Type::Dynamic => json_value::compare(change),
        Type::Bool | Type::Number => {
            Diff::new(change.action(), Kind::Scalar { before, after }, replace)
        }
        Type::String => Diff::new(change.action(), Kind::Text { before, after }, replace),
        Type::Object(object) => {
            let mut action = change.action_of_whole();
            let mut attributes = BTreeMap::new();
            for (name, ty) in &object.attributes {
                let mut part = change.member(name).if_relevant();
                part.before_explicit = false;
                part.after_explicit = false;
                let diff = compare_type(&part, ty, legacy);
                if diff.action == Action::NoOp && part.before.is_null() && part.after.is_null() {
                    continue;
                }
                action = combine(action, diff.action);
                attributes.insert(name.to_string(), diff);
            }
            Diff::new(action, Kind::Object(attributes), replace)
        }
        Type::Map(element) => {
            let mut action = change.action_of_whole();
            let mut elements = BTreeMap::new();
            for key in change.keys() {
                let diff = compare_type(&change.member(&key).if_relevant(), element, legacy);
                action = combine(action, diff.action);
                elements.insert(key.to_string(), diff);
            }
            Diff::new(action, Kind::Map(elements), replace)
        }
        Type::List(element) => {
            let mut action = change.action_of_whole();
            let mut elements = Vec::new();
            let is_object = matches!(**element, Type::Object(_));
            walk(
                change.elements_before(),
                change.elements_after(),
                |_| is_object,
                |before, after| {
                    let mut part = change.element(before, after);
                    part.relevant = Paths::always();
                    let diff = compare_type(&part, element, legacy);
                    action = combine(action, diff.action);
                    elements.push(diff);
                },
            );
            Diff::new(action, Kind::List(elements), replace)
        }
        Type::Set(element) => {
            let mut action = change.action_of_whole();
            let mut elements = Vec::new();
            each_of_set(change, |part| {
                let diff = compare_type(part, element, legacy);
                action = combine(action, diff.action);
                elements.push(diff);
            });
            Diff::new(action, Kind::Set(elements), replace)
        }
        Type::Tuple(types) => {
            let mut action = change.action_of_whole();
            let mut elements = Vec::new();
            for (at, ty) in types.iter().enumerate() {
                let part = change.element(Some(at), Some(at)).if_relevant();
                let diff = compare_type(&part, ty, legacy);
                action = combine(action, diff.action);
                elements.push(diff);
            }
            Diff::new(action, Kind::List(elements), replace)
        }
    }
}

/// Calls `visit` for each element of a set: first those of before, beside their equal of after where there
/// is one, then the new ones.
fn each_of_set(change: &Change, mut visit: impl FnMut(&Change)) {
    let (before, after) = (change.elements_before(), change.elements_after());
    let mut places: HashMap<&Json, Vec<usize>> = HashMap::new();
    for (at, element) in after.iter().enumerate().rev() {
        places.entry(element).or_default().push(at);
    }
    let mut found = vec![false; after.len()];
    let mut visit = |before: Option<usize>, after: Option<usize>| {
        let mut part = change.element(before, after);
        part.relevant = Paths::always();
        visit(&part);
    };
    for (at, element) in before.iter().enumerate() {
        let is_equal = |after: &usize| {
            let part = change.element(Some(at), Some(*after));
            part.was_sensitive() == part.is_sensitive() && !part.is_unknown()
        };
        let equal = places
            .get_mut(element)
            .and_then(|places| places.pop_if(|place| is_equal(place)));
        if let Some(place) = equal {
            found[place] = true;
        }
        visit(Some(at), equal);
    }
    for at in (0..after.len()).filter(|at| !found[*at]) {
        visit(None, Some(at));
    }
}

/// The difference of a value that is not shown, before or after.
pub(super) fn hidden(change: &Change, compare: &dyn Fn(&Change) -> Diff) -> Option<Diff> {
    let (before, after) = (change.was_sensitive(), change.is_sensitive());
    if !before && !after {
        return None;
    }
    let inner = compare(&Change {
        before_sensitive: Json::Bool(false),
        after_sensitive: Json::Bool(false),
        ..change.clone()
    });
    let nothing = change.before.is_null()
        && !change.before_explicit
        && change.after.is_null()
        && !change.after_explicit;
    let action = match inner.action {
        Action::NoOp if before != after && !nothing => Action::Update,
        action => action,
    };
    let kind = Kind::Sensitive(SensitiveDiff {
        inner: inner.action,
        before,
        after,
    });
    Some(Diff::new(action, kind, change.replace.matches()))
}

/// The difference of a value that is not known yet; `below` says what is unknown of what was there.
pub(super) fn not_known_yet(
    change: &Change,
    below: Json,
    compare: &dyn Fn(&Change) -> Diff,
) -> Option<Diff> {
    if !change.is_unknown() {
        return None;
    }
    let replace = change.replace.matches();
    if change.before.is_null() {
        return Some(Diff::new(Action::Create, Kind::Unknown(None), replace));
    }
    let before = compare(&Change {
        before: change.before.clone(),
        before_explicit: change.before_explicit,
        before_sensitive: change.before_sensitive.clone(),
        unknown: below,
        relevant: change.relevant.clone(),
        ..Change::default()
    });
    let kind = Kind::Unknown(Some(Box::new(before)));
    Some(Diff::new(Action::Update, kind, replace))
}
