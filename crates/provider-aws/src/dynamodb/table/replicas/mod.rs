//! The replicas of a table, told apart by their region: what blocks say, what is there, and the way
//! from one to the other.
//!
//! A replica has settings of its own (recovery, protection, key, tags) that live in its region, and
//! some that all share. None of them ever rebuilds the table itself.

mod apply;
mod check;
mod delete;
mod plan;
mod read;
mod settings;
mod state;
mod wait;

pub(crate) use apply::OnReplicas;
pub(crate) use check::{check, validate};
pub(crate) use delete::protected_replica;
pub(crate) use plan::{same_where_unset, stream_of_replicas, unchanged_stay, witness_goes};
pub(crate) use read::Found;
pub(crate) use settings::tags_in_step;
pub(crate) use state::{to_state, witness_to_state};
pub(crate) use wait::Awaited;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use trueup_aws::Error;
use trueup_value::Value;

use super::Tables;
use crate::arn::Arn;
use crate::members::{block, elements, filled, flag};

/// Every write is answered when the region that took it has it.
pub(crate) const EVENTUAL: &str = "EVENTUAL";

/// Every write is answered when another region has it too.
pub(crate) const STRONG: &str = "STRONG";

/// What a block says of one replica; what is unset or unknown is left to AWS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// The customer's key in that region.
    pub(crate) key: Option<String>,
    /// Whether point-in-time recovery is on.
    pub(crate) recovery: bool,
    /// Whether the table's tags are put on it.
    pub(crate) propagates: bool,
    /// Whether it is strongly consistent.
    pub(crate) strong: bool,
    /// Whether it is protected from deletion.
    pub(crate) protection: Option<bool>,
}

impl Said {
    /// Whether a replica has to be built anew to become what is wanted: its consistency changes, or its
    /// key does and not in step with the table's own. A key that is not said stays.
    fn is_rebuilt(&self, wanted: &Said, common: Common) -> bool {
        self.strong != wanted.strong
            || (self.strong && common.regions_move)
            || (wanted.key.is_some() && wanted.key != self.key && !common.keys_move)
    }
}

/// What of a change concerns all replicas of a table at once.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Common {
    /// The table's own encryption gets a customer's key: the replicas' keys change with it.
    keys_move: bool,
    /// A strongly consistent table stays one and gets other regions. AWS takes them only all together:
    /// no region of three can be exchanged alone.
    regions_move: bool,
}

impl Common {
    pub(crate) fn between(old: &Value, new: &Value) -> Common {
        let (before, after) = (strong_regions(old), strong_regions(new));
        let both = !before.is_empty() && !after.is_empty();
        // A witness that the block leaves open stays where it is.
        let open = block(new, "global_table_witness").is_some() && said_witness(new).is_none();
        let witness = said_witness(old) != said_witness(new) && !open;
        Common {
            keys_move: check::key_changes(old, new),
            regions_move: both && (before != after || witness),
        }
    }
}

/// The regions of the replicas that are strongly consistent.
fn strong_regions(value: &Value) -> BTreeSet<String> {
    let strong = said(value).into_iter().filter(|(_, said)| said.strong);
    strong.map(|(region, _)| region).collect()
}

/// Whether none of a table's replicas stays: it is to have none, or they become strongly consistent, or
/// are so no more.
pub(crate) fn all_go(old: &Value, new: &Value) -> bool {
    let after = said(new);
    after.is_empty() || strong_regions(old).is_empty() != strong_regions(new).is_empty()
}

/// The replicas that a table's value says, by region. One whose region is unknown is not among them.
pub(crate) fn said(value: &Value) -> BTreeMap<String, Said> {
    elements(value, "replica")
        .iter()
        .filter_map(|replica| {
            Some((
                filled(replica, "region_name")?.to_owned(),
                said_of(replica)?,
            ))
        })
        .collect()
}

/// What one block says; nothing of a value that is not known.
fn said_of(replica: &Value) -> Option<Said> {
    replica.as_members()?;
    Some(Said {
        key: filled(replica, "kms_key_arn").map(str::to_owned),
        recovery: flag(replica, "point_in_time_recovery") == Some(true),
        propagates: flag(replica, "propagate_tags") == Some(true),
        strong: filled(replica, "consistency_mode") == Some(STRONG),
        protection: flag(replica, "deletion_protection_enabled"),
    })
}

/// The region of the witness that a table's value says.
pub(crate) fn said_witness(value: &Value) -> Option<String> {
    let witness = block(value, "global_table_witness")?;
    filled(witness, "region_name").map(str::to_owned)
}

/// A table's ARN with another region in the place of its own.
fn arn_in(arn: &str, region: &str) -> String {
    Arn::parse(arn).map_or_else(|_| arn.to_owned(), |arn| arn.in_region(region))
}

/// The error of a call about a replica, with its region said.
pub(crate) fn about(region: &str) -> impl Fn(Error) -> Error + '_ {
    move |error| match error {
        Error::Service { mut failure, class } => {
            failure.message = format!("replica {region}: {}", failure.message);
            Error::Service { failure, class }
        }
        other => other,
    }
}

impl Tables {
    /// The same type in the region of a replica.
    pub(crate) fn in_region(&self, region: &str) -> Result<Tables, Error> {
        Ok(Tables {
            aws: self.aws.in_region(region)?,
            tags: Arc::clone(&self.tags),
            known: Arc::default(),
            bands: Arc::default(),
            default_key: Arc::default(),
            planned: Arc::clone(&self.planned),
        })
    }
}
