//! What a replica has of its own, set in its region: recovery, protection, tags.

use trueup_aws::Error;
use trueup_aws::dynamodb::UpdateTable;
use trueup_value::Value;

use super::super::Tables;
use super::{OnReplicas, Said, about, arn_in};
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

impl OnReplicas<'_> {
    /// Sets in a replica's region what differs of its own settings. Both are set in one run.
    pub(crate) async fn set_up(
        self,
        region: &str,
        (had, wanted): (&Said, &Said),
    ) -> Result<(), Error> {
        let Self { cx, name, time, .. } = self;
        let protection = wanted
            .protection
            .filter(|on| *on != had.protection.unwrap_or(false));
        if had.recovery == wanted.recovery && protection.is_none() {
            return Ok(());
        }
        let there = self.tables.in_region(region)?;
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
            there.wait_active(cx, name, time, self.progress).await?;
        }
        Ok(())
    }
}

impl Tables {
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
