//! What a block may say of a found object: not all that was read can be said together.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::Mode;
use trueup_provider::{Problem, Provider};
use trueup_schema::{Block, ResourceSchema};
use trueup_value::{Step, Value, ValueRef};

use super::generate::is_unset;

/// The value of a found object without what its type would refuse or warn of in a block: of two arguments that
/// exclude each other the later one, one that needs others which are not set, and what the provider decides and has
/// by now another place for.
pub(crate) fn said(
    provider: &dyn Provider,
    kind: &str,
    schema: &ResourceSchema,
    found: &Value,
) -> Value {
    let ValueRef::Object(members) = found.view() else {
        return found.clone();
    };
    let block = &schema.block;
    let mut kept = members.clone();
    loop {
        let problems = provider.validate(Mode::Managed, kind, &as_configured(block, &kept));
        let refused = problems
            .iter()
            .rev()
            .filter_map(about)
            .find(|(name, is_error)| may_go(block, &kept, name, *is_error));
        let Some((name, _)) = refused else {
            return Value::object(kept);
        };
        let null = kept.get(name).map(|held| Value::null(held.ty()));
        kept.extend(null.map(|null| (name.clone(), null)));
    }
}

/// The member that a problem is about, where it is about a whole one, and whether it is an error.
fn about(problem: &Problem) -> Option<(&Arc<str>, bool)> {
    match problem.path.steps() {
        [Step::Attr(name)] => Some((name, problem.is_error())),
        _ => None,
    }
}

/// Whether a member can be left out: nobody has to say it, and where it is only warned of, it stays as it is unsaid.
fn may_go(schema: &Block, members: &BTreeMap<Arc<str>, Value>, name: &str, is_error: bool) -> bool {
    let is_set = members.get(name).is_some_and(|held| !held.is_null());
    let attribute = schema.attributes.get(name);
    let nested = schema.blocks.get(name);
    let free =
        attribute.is_some_and(|one| !one.required) || nested.is_some_and(|one| one.min_items == 0);
    let decided =
        attribute.is_some_and(|one| one.computed) || nested.is_some_and(|one| one.computed);
    is_set && free && (is_error || decided)
}

/// The members as the block that is written would give them.
fn as_configured(schema: &Block, members: &BTreeMap<Arc<str>, Value>) -> Value {
    let said = members.iter().map(|(name, held)| {
        let unset = schema
            .attributes
            .get(name)
            .is_some_and(|attribute| is_unset(schema, name, attribute, held));
        match unset {
            true => (name.clone(), Value::null(held.ty())),
            false => (name.clone(), held.clone()),
        }
    });
    Value::object(said.collect())
}
