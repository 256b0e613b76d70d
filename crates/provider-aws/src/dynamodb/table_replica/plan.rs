//! The plan of a replica.

use trueup_provider::{PlanRequest, Planned, Problem, Problems};
use trueup_value::Path;

use super::Main;
use super::schema::body;
use crate::dynamodb::table::Tables;
use crate::members::{filled, flag};
use crate::rules::draft;
use crate::tags::plan_tags_all;

/// Plans one replica in the region of `here`.
pub(crate) fn plan(request: &PlanRequest<'_>, here: &Tables) -> Planned {
    let region = here.aws.region.as_str();
    let prior = request.prior.map(|object| &object.value);
    let mut draft = draft(body(), prior, request.proposed);
    plan_tags_all(&here.tags, &mut draft, prior, request.proposed);
    let mut problems = Problems::new();
    if let Some(arn) = filled(request.config, "global_table_arn")
        && Main::of_arn(arn).is_some_and(|main| main.region == region)
    {
        problems.push(same_region(region).at(Path::new().attr("global_table_arn")));
    }
    if let Some(main) = filled(request.config, "global_table_arn").and_then(Main::of_arn) {
        let table = (main.name.as_str(), main.region.as_str());
        problems.extend(here.planned.against(table, region));
    }
    if let Some(prior) = prior
        && !draft.replaces.is_empty()
        && flag(prior, "deletion_protection_enabled") == Some(true)
        && flag(request.config, "deletion_protection_enabled") != Some(false)
    {
        problems.push(
            Problem::error(
                "Replacement of a protected replica",
                "The replica has deletion protection, so AWS would refuse to delete it for its replacement. Set deletion_protection_enabled = false to let it be replaced, or undo the change that can't be made in place.",
            )
            .at(Path::new().attr("deletion_protection_enabled")),
        );
    }
    Planned {
        problems,
        ..draft.planned(prior, request.proposed)
    }
}

/// A table is no replica of itself.
pub(super) fn same_region(region: &str) -> Problem {
    Problem::error(
        "replica cannot be in same region as main table",
        format!(
            "global_table_arn names a table of {region}, which is the region of this resource too. Give the resource the provider, or the region, in which the copy is to be."
        ),
    )
}
