//! Capacity that Application Auto Scaling moves. Within the band of its target it is nobody's drift:
//! a read goes on saying what was believed, a plan leaves it alone, and no call puts it back.
//!
//! AWS is asked only where a capacity differs from what was believed, or was once found to be moved, and
//! then once a run and region for all tables. Whoever may not ask sees the capacity as any other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::OnceCell;
use trueup_aws::dynamodb::{TableDescription, Throughput};
use trueup_provider::{ApplyOutcome, Object};
use trueup_value::{Type, Value};

use super::Tables;
use super::model::index_named;
use crate::connection::Connection;
use crate::members::{member, text, whole};

/// The key under which the moved capacities stand in a table's private bytes; other programs pass it over.
const SCALED_KEY: &str = "trueup_scaled";

const READ: &str = "read_capacity";
const WRITE: &str = "write_capacity";

/// The targets of one region, asked for once.
#[derive(Default)]
pub(crate) struct Bands(OnceCell<BTreeMap<(String, String), (i64, i64)>>);

impl Bands {
    /// The least and the most capacity by resource and dimension.
    async fn all(&self, aws: &Connection) -> &BTreeMap<(String, String), (i64, i64)> {
        self.0
            .get_or_init(|| async {
                let asked = aws
                    .session
                    .autoscaling()
                    .describe_scalable_targets("dynamodb", &[], None)
                    .await;
                match asked {
                    Ok(targets) => targets
                        .into_iter()
                        .map(|target| {
                            let name = (target.name.resource, target.name.dimension);
                            (name, (target.min, target.max))
                        })
                        .collect(),
                    Err(error) => {
                        tracing::warn!(%error, "the autoscaling of tables can't be looked up; capacity that moved is shown as drift");
                        BTreeMap::new()
                    }
                }
            })
            .await
    }
}

/// One capacity of a table: the index, "" for the table itself, and the member's name.
type Place = (String, &'static str);

fn place_text((index, name): &Place) -> String {
    match index.as_str() {
        "" => (*name).to_owned(),
        index => format!("{index}.{name}"),
    }
}

/// Whether a capacity lies in the band of its target.
fn in_band(
    bands: &BTreeMap<(String, String), (i64, i64)>,
    table: &str,
    (index, name): &Place,
    units: i64,
) -> bool {
    let (resource, kind) = match index.as_str() {
        "" => (format!("table/{table}"), "table"),
        index => (format!("table/{table}/index/{index}"), "index"),
    };
    let unit = if *name == READ { "Read" } else { "Write" };
    let dimension = format!("dynamodb:{kind}:{unit}CapacityUnits");
    bands
        .get(&(resource, dimension))
        .is_some_and(|(least, most)| (*least..=*most).contains(&units))
}

fn is_provisioned(table: &TableDescription) -> bool {
    table.billing_mode.as_deref() != Some("PAY_PER_REQUEST")
}

/// The capacities of a table that is there.
fn capacities(table: &TableDescription) -> Vec<(Place, i64)> {
    let both = |index: &str, throughput: Option<Throughput>| {
        let units = throughput.unwrap_or_default();
        [
            ((index.to_owned(), READ), units.read),
            ((index.to_owned(), WRITE), units.write),
        ]
    };
    let indexes = table
        .global_indexes
        .iter()
        .flat_map(|index| both(&index.name, index.throughput));
    both("", table.throughput)
        .into_iter()
        .chain(indexes)
        .collect()
}

/// The capacity that a table's value says.
fn said(value: &Value, (index, name): &Place) -> Option<i64> {
    match index.as_str() {
        "" => whole(value, name),
        index => whole(index_named(value, index)?, name),
    }
}

fn put(table: &mut TableDescription, (index, name): &Place, units: i64) {
    let throughput = match index.as_str() {
        "" => &mut table.throughput,
        index => match table
            .global_indexes
            .iter_mut()
            .find(|one| one.name == index)
        {
            Some(one) => &mut one.throughput,
            None => return,
        },
    };
    let throughput = throughput.get_or_insert_default();
    if *name == READ {
        throughput.read = units;
    } else {
        throughput.write = units;
    }
}

/// The moved capacities that private bytes tell of.
fn marked(private: Option<&[u8]>) -> BTreeSet<String> {
    private
        .and_then(|bytes| serde_json::from_slice::<serde_json::Value>(bytes).ok())
        .and_then(|kept| {
            let names = kept.get(SCALED_KEY)?.as_array()?;
            let names = names.iter().filter_map(|name| name.as_str());
            Some(names.map(str::to_owned).collect())
        })
        .unwrap_or_default()
}

/// The bytes with these moved capacities, or without any; the very same where nothing differs.
fn mark(private: Option<Arc<[u8]>>, names: &BTreeSet<String>) -> Option<Arc<[u8]>> {
    if marked(private.as_deref()) == *names {
        return private;
    }
    let bytes = private.as_deref().unwrap_or(b"{}");
    let Ok(serde_json::Value::Object(kept)) = serde_json::from_slice(bytes) else {
        return private;
    };
    let mut kept: BTreeMap<String, serde_json::Value> = kept.into_iter().collect();
    kept.remove(SCALED_KEY);
    if !names.is_empty() {
        kept.insert(SCALED_KEY.to_owned(), serde_json::json!(names));
    }
    serde_json::to_vec(&kept).ok().map(Arc::from)
}

/// What was proposed, with the capacities that are moved by others as they stand in the prior object.
pub(super) fn left_alone(proposed: &Value, prior: Option<&Object>) -> Option<Value> {
    let prior = prior?;
    let names = marked(prior.private.as_deref());
    if names.is_empty() || text(&prior.value, "billing_mode") == Some("PAY_PER_REQUEST") {
        return None;
    }
    let mut members = proposed.as_members()?.clone();
    if text(proposed, "billing_mode").is_some_and(|mode| mode != "PROVISIONED") {
        return None;
    }
    for name in [READ, WRITE] {
        if names.contains(name)
            && let Some(units) = member(&prior.value, name)
        {
            members.insert(name.into(), units.clone());
        }
    }
    const INDEXES: &str = "global_secondary_index";
    if let Some(indexes) = member(proposed, INDEXES)
        && let (Some(blocks), Type::Set(element)) = (indexes.as_slice(), indexes.ty())
        && indexes.marks().is_empty()
    {
        let blocks = blocks.iter().map(|block| {
            let (Some(name), Some(said)) = (text(block, "name"), block.as_members()) else {
                return block.clone();
            };
            let before = index_named(&prior.value, name);
            let mut said = said.clone();
            for member_name in [READ, WRITE] {
                if names.contains(&format!("{name}.{member_name}"))
                    && let Some(units) = before.and_then(|before| member(before, member_name))
                {
                    said.insert(member_name.into(), units.clone());
                }
            }
            Value::object(said)
        });
        let indexes = Value::set((*element).clone(), blocks.collect());
        members.insert(INDEXES.into(), indexes);
    }
    Some(Value::object(members))
}

/// The outcome of an update, in which a capacity that the update did not change is said as before: what
/// moved it meanwhile was not this run.
pub(super) fn after_update(prior: &Object, wanted: &Value, outcome: ApplyOutcome) -> ApplyOutcome {
    let ApplyOutcome::Done(Some(mut object), problems) = outcome else {
        return outcome;
    };
    let mode = |value: &Value| text(value, "billing_mode").map(str::to_owned);
    if mode(&prior.value) == mode(wanted)
        && let Some(members) = object.value.as_members()
    {
        let mut members = members.clone();
        for name in [READ, WRITE] {
            let before = whole(&prior.value, name);
            if before.is_some()
                && before == whole(wanted, name)
                && let Some(kept) = member(&prior.value, name)
            {
                members.insert(name.into(), kept.clone());
            }
        }
        object.value = Value::object(members);
        let kept = marked(prior.private.as_deref());
        object.private = mark(object.private, &kept);
    }
    ApplyOutcome::Done(Some(object), problems)
}

impl Tables {
    /// The table as it is believed to be where it was moved within a band, and the private bytes that
    /// tell of the capacities that stand otherwise than written.
    pub(super) async fn within_bands(
        &self,
        mut table: TableDescription,
        prior: &Object,
    ) -> (TableDescription, Option<Arc<[u8]>>) {
        let marks = marked(prior.private.as_deref());
        let private = prior.private.clone();
        let was = text(&prior.value, "billing_mode") != Some("PAY_PER_REQUEST");
        if !was || !is_provisioned(&table) {
            let private = mark(private, &BTreeSet::new());
            return (table, private);
        }
        let moved: Vec<(Place, i64, i64)> = capacities(&table)
            .into_iter()
            .filter_map(|(place, units)| {
                let believed = said(&prior.value, &place)?;
                let looked_at = believed != units || marks.contains(&place_text(&place));
                looked_at.then_some((place, believed, units))
            })
            .collect();
        if moved.is_empty() || self.cannot_ask() {
            return (table, private);
        }
        let bands = self.bands.all(&self.aws).await;
        let mut still = BTreeSet::new();
        for (place, believed, units) in moved {
            if !in_band(bands, &table.name, &place, units) {
                continue;
            }
            tracing::info!(
                table = table.name,
                capacity = place_text(&place),
                units,
                "moved by autoscaling, within its band"
            );
            put(&mut table, &place, believed);
            if marks.contains(&place_text(&place)) {
                still.insert(place_text(&place));
            }
        }
        (table, mark(private, &still))
    }

    /// Marks what stands in a band on a table that was imported: its number is the autoscaling's, not
    /// the configuration's.
    pub(super) async fn marked_import(
        &self,
        table: &TableDescription,
        mut object: Object,
    ) -> Object {
        if !is_provisioned(table) || self.cannot_ask() {
            return object;
        }
        let bands = self.bands.all(&self.aws).await;
        let names = capacities(table)
            .into_iter()
            .filter(|(place, units)| in_band(bands, &table.name, place, *units))
            .map(|(place, _)| place_text(&place))
            .collect();
        object.private = mark(object.private, &names);
        object
    }

    /// Where only DynamoDB has an endpoint of its own, it is an emulator, and AWS's autoscaling knows
    /// nothing of its tables.
    fn cannot_ask(&self) -> bool {
        let endpoints = &self.aws.session.settings().endpoints;
        let named = |name: &str| endpoints.others.contains_key(name);
        !self.aws.session.is_embedded()
            && endpoints.dynamodb.is_some()
            && !named("appautoscaling")
            && !named("applicationautoscaling")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_put_beside_what_stands_there() {
        let names = BTreeSet::from(["by_status.read_capacity".to_owned()]);
        let bytes: Arc<[u8]> = Arc::from(&br#"{"schema_version":"1"}"#[..]);
        let marked_bytes = mark(Some(bytes.clone()), &names);
        assert_eq!(
            marked_bytes.as_deref(),
            Some(&br#"{"schema_version":"1","trueup_scaled":["by_status.read_capacity"]}"#[..])
        );
        assert_eq!(marked(marked_bytes.as_deref()), names);
        assert_eq!(mark(marked_bytes, &BTreeSet::new()), Some(bytes));
        assert_eq!(mark(None, &BTreeSet::new()), None);
        assert!(marked(Some(b"null")).is_empty());
    }
}
