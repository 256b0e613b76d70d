//! What stands on a table that is made anew goes with the old one, and is made again in the same run.

use trueup_provider::Planned;
use trueup_value::{Path, Type, Value};

use super::known_keys::KnownKeys;
use crate::arn::Arn;
use crate::members::filled;
use crate::satellite::with;

/// Plans an object anew whose table is made anew. `names` is the argument that names the table, by its
/// name, its ARN or that of something of it; where it changes the object is replaced anyway.
pub(crate) fn follow_table(
    planned: &mut Planned,
    prior: Option<&Value>,
    names: &str,
    known: &KnownKeys,
) {
    let Some(table) = prior.and_then(|prior| filled(prior, names)) else {
        return;
    };
    let stays = filled(&planned.value, names) == Some(table);
    if !stays || !planned.requires_replace.is_empty() {
        return;
    }
    let name = known.name_of(table);
    let name = match Arn::parse(&name) {
        Ok(arn) => arn.table().unwrap_or_default().to_owned(),
        Err(_) => name,
    };
    if known.is_made_anew(&name) {
        planned.value = with(&planned.value, [("id", Value::unknown(Type::String))]);
        planned.requires_replace.push(Path::new().attr("id"));
    }
}
