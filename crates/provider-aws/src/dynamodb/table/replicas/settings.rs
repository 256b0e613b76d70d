//! What a replica has of its own, set in its region: recovery, protection, tags.

use std::time::Duration;

use trueup_aws::Error;
use trueup_aws::dynamodb::UpdateTable;
use trueup_provider::{Context, Progress};
use trueup_value::Value;

use super::super::Tables;
use super::{Said, about, arn_in};
use crate::members::{is_unknown, text_map};
use crate::tags::{TagPolicy, Tags, difference};

/// The tags that a table's replicas are to have.
pub(crate) fn tags_in_step(policy: &TagPolicy, wanted: &Value) -> Tags {
    if is_unknown(wanted, "tags_all") {
        policy.visible(&policy.merged(&text_map(wanted, "tags")))
    } else {
        text_map(wanted, "tags_all")
    }
}

impl Tables {
    /// Sets in a replica's region what differs of its own settings. Both are set in one run.
    pub(crate) async fn set_up_replica(
        &self,
        cx: &Context,
        name: &str,
        region: &str,
        (had, wanted): (&Said, &Said),
        time: Duration,
        progress: &dyn Progress,
    ) -> Result<(), Error> {
        let protection = wanted
            .protection
            .filter(|on| *on != had.protection.unwrap_or(false));
        if had.recovery == wanted.recovery && protection.is_none() {
            return Ok(());
        }
        let there = self.in_region(region)?;
        if had.recovery != wanted.recovery {
            there
                .set_recovery(cx, name, wanted.recovery, None, time)
                .await
                .map_err(about(region))?;
        }
        if let Some(on) = protection {
            let request = UpdateTable {
                table: name.to_owned(),
                deletion_protection: Some(on),
                ..UpdateTable::default()
            };
            there
                .change(cx, request, time)
                .await
                .map_err(about(region))?;
            there.wait_active(cx, name, time, progress).await?;
        }
        Ok(())
    }

    /// Gives a replica exactly the tags of the table; ignored ones stay as they are.
    pub(crate) async fn tag_replica(
        &self,
        arn: &str,
        region: &str,
        tags: &Tags,
    ) -> Result<(), Error> {
        let arn = arn_in(arn, region);
        let dynamodb = self.aws.in_region(region)?.dynamodb;
        let has = dynamodb
            .list_tags_of_resource(&arn)
            .await
            .map_err(about(region))?;
        let (remove, put) = difference(&self.tags.own(&has), tags);
        if !remove.is_empty() {
            let untagged = dynamodb.untag_resource(&arn, remove).await;
            untagged.map_err(about(region))?;
        }
        if !put.is_empty() {
            let tagged = dynamodb.tag_resource(&arn, put).await;
            tagged.map_err(about(region))?;
        }
        Ok(())
    }
}
