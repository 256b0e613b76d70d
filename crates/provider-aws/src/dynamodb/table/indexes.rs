//! What has to happen to global indexes, told by name: AWS knows no change of keys or projection.

use std::collections::BTreeMap;

use trueup_aws::dynamodb::{CreateIndex, UpdateIndex};
use trueup_value::Value;

use super::model::{index_to_create, throughput};
use crate::members::{elements, filled, text, texts};

/// The changes of global indexes, each kind in the order of names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct IndexChanges {
    /// Indexes to delete: dropped, or to be built anew.
    pub(crate) delete: Vec<String>,
    /// Indexes of which only the capacity changes.
    pub(crate) update: Vec<UpdateIndex>,
    /// Indexes to create.
    pub(crate) create: Vec<CreateIndex>,
}

/// Compares the indexes of two values of a table.
pub(crate) fn index_changes(old: &Value, new: &Value, provisioned: bool) -> IndexChanges {
    let by_name = |value: &Value| -> BTreeMap<String, Value> {
        elements(value, "global_secondary_index")
            .iter()
            .filter_map(|index| Some((text(index, "name")?.to_owned(), index.clone())))
            .collect()
    };
    let (before, after) = (by_name(old), by_name(new));
    let mut changes = IndexChanges::default();
    for (name, index) in &before {
        match after.get(name) {
            None => changes.delete.push(name.clone()),
            Some(wanted) if !same_build(index, wanted) => {
                changes.delete.push(name.clone());
                changes.create.push(index_to_create(wanted, provisioned));
            }
            Some(wanted) if provisioned && throughput(index) != throughput(wanted) => {
                changes.update.push(UpdateIndex {
                    name: name.clone(),
                    throughput: Some(throughput(wanted)),
                    ..UpdateIndex::default()
                });
            }
            Some(_) => {}
        }
    }
    for (name, index) in &after {
        if !before.contains_key(name) {
            changes.create.push(index_to_create(index, provisioned));
        }
    }
    changes.create.sort_by(|a, b| a.name.cmp(&b.name));
    changes
}

/// Whether keys and projection are the same.
fn same_build(a: &Value, b: &Value) -> bool {
    let same = |name: &str| filled(a, name) == filled(b, name);
    let sorted = |index: &Value| {
        let mut names = texts(index, "non_key_attributes");
        names.sort();
        names
    };
    same("hash_key") && same("range_key") && same("projection_type") && sorted(a) == sorted(b)
}
