//! What can be said of replicas before anything is asked of AWS. What is unknown is passed over.

use std::collections::BTreeSet;

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use super::{Common, EVENTUAL, STRONG, said, said_witness};
use crate::arn::Arn;
use crate::members::{block, elements, filled, flag, is_unknown, member, text};

fn at() -> Path {
    Path::new().attr("replica")
}

/// What is wrong with the blocks of a table by themselves.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = Problems::new();
    let mut seen = BTreeSet::new();
    for replica in elements(config, "replica") {
        if let Some(region) = filled(replica, "region_name")
            && !seen.insert(region)
        {
            found.push(
                Problem::error(
                    format!("Duplicate replica region {region:?}"),
                    "A table has one replica a region. Remove one of the blocks.",
                )
                .at(at()),
            );
        }
        if text(replica, "region_name") == Some("") {
            found.push(
                Problem::error(
                    "replica.region_name is empty",
                    "Name the region of the replica, such as eu-west-1.",
                )
                .at(at()),
            );
        }
        if let Some(mode) = filled(replica, "consistency_mode")
            && ![EVENTUAL, STRONG].contains(&mode)
        {
            found.push(
                Problem::error(
                    format!(
                        "expected replica.consistency_mode to be one of [\"EVENTUAL\" \"STRONG\"], got {mode}"
                    ),
                    "",
                )
                .at(at()),
            );
        }
        if let Some(key) = filled(replica, "kms_key_arn")
            && let Err(reason) = Arn::parse(key)
        {
            found.push(
                Problem::error(
                    format!("\"replica.kms_key_arn\" ({key}) is an invalid ARN: {reason}"),
                    "Give the ARN of the key in the replica's region, not its id or alias.",
                )
                .at(at()),
            );
        }
    }
    consistency(config, &mut found);
    found
}

/// A strongly consistent table has exactly three regions: all of them replicas, or one of them a witness.
fn consistency(config: &Value, found: &mut Problems) {
    let blocks = member(config, "replica");
    let unsure = |name: &str| {
        elements(config, "replica")
            .iter()
            .any(|replica| is_unknown(replica, name))
    };
    if blocks.is_some_and(|blocks| !blocks.is_known())
        || unsure("consistency_mode")
        || is_unknown(config, "global_table_witness")
    {
        return;
    }
    let modes: Vec<bool> = elements(config, "replica")
        .iter()
        .map(|replica| filled(replica, "consistency_mode") == Some(STRONG))
        .collect();
    let strong = modes.iter().filter(|strong| **strong).count();
    let witness = block(config, "global_table_witness").is_some();
    if strong == 0 {
        if witness {
            found.push(
                Problem::error(
                    "global_table_witness needs replicas with consistency_mode = \"STRONG\"",
                    "A witness votes on the writes of a strongly consistent table. Set consistency_mode = \"STRONG\" in the replica block, or remove global_table_witness.",
                )
                .at(Path::new().attr("global_table_witness")),
            );
        }
        return;
    }
    if strong != modes.len() {
        found.push(
            Problem::error(
                "consistency_mode must be the same in all replica blocks",
                "A table is strongly consistent in all of its regions or in none. Set consistency_mode = \"STRONG\" in every replica block.",
            )
            .at(at()),
        );
        return;
    }
    let needed = if witness { 1 } else { 2 };
    if strong != needed {
        let (have, instead) = match witness {
            true => ("a witness", "exactly one replica beside the witness"),
            false => (
                "no witness",
                "exactly two replicas, or one replica and a global_table_witness",
            ),
        };
        found.push(
            Problem::error(
                format!("A strongly consistent table can't have {strong} replica(s) and {have}"),
                format!(
                    "A strongly consistent global table lies in exactly three regions: the table's own and {instead}."
                ),
            )
            .at(at()),
        );
    }
}

/// What is wrong with the replicas of a planned table in `region`, and what a change of them means.
pub(crate) fn check(
    planned: &Value,
    config: &Value,
    prior: Option<&Value>,
    region: &str,
) -> Problems {
    let mut found = Problems::new();
    let wanted = said(planned);
    let witness = said_witness(config);
    if wanted.contains_key(region) {
        found.push(
            Problem::error(
                format!("replica region {region:?} is the table's own region"),
                "The table itself is the copy in its own region. Remove this replica block.",
            )
            .at(at()),
        );
    }
    if let Some(witness) = &witness
        && (witness == region || wanted.contains_key(witness))
    {
        found.push(
            Problem::error(
                format!("global_table_witness region {witness:?} holds the table already"),
                "A witness lies in a third region, where the table has no copy.",
            )
            .at(Path::new().attr("global_table_witness")),
        );
    }
    let provisioned = filled(planned, "billing_mode") == Some("PROVISIONED");
    if prior.is_none() && provisioned && !wanted.is_empty() {
        found.push(
            Problem::warning(
                "A provisioned table gets replicas before its write capacity can be scaled",
                "AWS adds replicas only to tables on demand, or to those whose write capacity is scaled automatically (aws_appautoscaling_target and _policy), which a table can be only once it is there. Use billing_mode = \"PAY_PER_REQUEST\", or add the replica blocks after the first apply.",
            )
            .at(at()),
        );
    }
    let unsure = elements(planned, "replica")
        .iter()
        .any(|replica| is_unknown(replica, "region_name"))
        || member(planned, "replica").is_some_and(|replicas| !replicas.is_known());
    let Some(prior) = prior.filter(|_| !unsure) else {
        return found;
    };
    let common = Common::between(prior, planned);
    for (region, had) in said(prior) {
        let rebuilt = match wanted.get(&region) {
            None => Some("removed"),
            Some(wanted) if wanted.strong != had.strong => {
                Some("built anew, because its consistency changes")
            }
            Some(_) if had.strong && common.regions_move => Some(
                "built anew, because the regions of a strongly consistent table change only all together",
            ),
            Some(wanted) if had.is_rebuilt(wanted, common) => {
                Some("built anew, because its key changes")
            }
            Some(_) => None,
        };
        let Some(what) = rebuilt else { continue };
        // A rebuild may lift the protection on its way; what was never lifted stops a removal.
        let lifted = wanted
            .get(&region)
            .is_some_and(|wanted| wanted.protection == Some(false));
        if had.protection == Some(true) && !lifted {
            found.push(
                Problem::error(
                    format!("The replica in {region} is protected from deletion"),
                    format!("It would be {what}, which AWS refuses. Set deletion_protection_enabled = false in its replica block and apply that first."),
                )
                .at(at()),
            );
        } else if wanted.contains_key(&region) {
            found.push(
                Problem::warning(
                    format!("The replica in {region} will be {what}"),
                    "The table itself stays as it is. The replica is deleted and made again from it; until then its region has no copy.",
                )
                .at(at()),
            );
        }
    }
    found
}

/// The customer's key that the table itself is encrypted by.
fn own_key(value: &Value) -> Option<&str> {
    let sse = block(value, "server_side_encryption")?;
    (flag(sse, "enabled") == Some(true))
        .then(|| filled(sse, "kms_key_arn"))
        .flatten()
}

/// Whether the table's own encryption gets a customer's key: the replicas' keys change with it then.
pub(crate) fn key_changes(old: &Value, new: &Value) -> bool {
    let after = own_key(new);
    after.is_some() && after != own_key(old)
}

/// Whether the table's own encryption loses the customer's key that it has, and gets no other.
pub(crate) fn key_goes(old: &Value, new: &Value) -> bool {
    let unsure = is_unknown(new, "server_side_encryption")
        || block(new, "server_side_encryption")
            .is_some_and(|sse| is_unknown(sse, "enabled") || is_unknown(sse, "kms_key_arn"));
    own_key(old).is_some() && own_key(new).is_none() && !unsure
}
