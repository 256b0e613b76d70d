//! What AWS demands of a global table with multi-Region strong consistency.

use super::super::region::Region;
use super::super::ttl;
use super::super::wire::Failure;
use super::group::Group;

/// The sets of regions within which tables can be strongly consistent.
const SETS: &[&[&str]] = &[
    &["us-east-1", "us-east-2", "us-west-2"],
    &["eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1"],
    &["ap-northeast-1", "ap-northeast-2", "ap-northeast-3"],
];

/// Refuses a strongly consistent global table that cannot be. `adds` says that it gets a replica.
pub(super) fn check(region: &Region, group: &Group, adds: bool) -> Result<(), Failure> {
    if !group.strong {
        return match &group.witness {
            Some(_) => Err(Failure::validation(
                "MultiRegionConsistency must be set as STRONG when GlobalTableWitnessUpdates parameter is present.",
            )),
            None => Ok(()),
        };
    }
    let staying: Vec<&str> = group
        .members
        .iter()
        .filter(|(_, member)| !member.leaving)
        .map(|(name, _)| name.as_str())
        .collect();
    let witness = group.witness.as_ref().filter(|witness| !witness.leaving);
    let count = staying.len() + usize::from(witness.is_some());
    // All others may go at once: what is left is an ordinary table.
    if count != 3 && !(staying.len() == 1 && witness.is_none() && !adds) {
        return Err(Failure::validation(
            "A global table with multi-Region strong consistency must be deployed in exactly three Regions: three replicas, or two replicas and a witness.",
        ));
    }
    let regions: Vec<&str> = staying
        .iter()
        .copied()
        .chain(witness.map(|witness| witness.region.as_str()))
        .collect();
    let together = SETS
        .iter()
        .any(|set| regions.iter().all(|region| set.contains(region)));
    if regions.len() == 3 && !together {
        return Err(Failure::validation(
            "The Regions of a global table with multi-Region strong consistency must be of one Region set.",
        ));
    }
    if !adds {
        return Ok(());
    }
    let table = region.engine().get_table_metadata(&group.table)?;
    if table.is_some_and(|table| table.lsi_definitions.is_some_and(|text| text.len() > 2)) {
        return Err(Failure::validation(
            "Local secondary indexes are not supported by global tables with multi-Region strong consistency.",
        ));
    }
    if ttl::current(region, &group.table)?.0 {
        return Err(no_time_to_live());
    }
    let scan = dynoxide::actions::scan::ScanRequest {
        table_name: group.table.clone(),
        limit: Some(1),
        ..Default::default()
    };
    if region.engine().scan(scan)?.count > 0 {
        return Err(Failure::validation(
            "The table must be empty to become a global table with multi-Region strong consistency.",
        ));
    }
    Ok(())
}

/// Items of such a table do not expire.
pub(super) fn no_time_to_live() -> Failure {
    Failure::validation(
        "Time to Live is not supported by global tables with multi-Region strong consistency.",
    )
}
