//! The DynamoDB trait over the SDK: tables, backups, time to live, tags.
use std::collections::BTreeMap;
use std::time::Duration;

use super::{
    BatchGet, ContinuousBackups, CreateTable, DeleteItem, DynamoDb, GetItem, Item, Page, PutItem,
    Query, Scan, TableDescription, TimeToLive, TransactWrite, UpdateItem, UpdateTable,
    items_client, to_plain, to_sdk,
};
use crate::calls::send;
use crate::failure::invalid;
use crate::pace::Turns;
use crate::{Answer, Error};
use aws_sdk_dynamodb::types as sdk;

pub(super) const SERVICE: &str = "DynamoDB";

/// DynamoDB behind the SDK's client.
pub(crate) struct Client {
    pub(super) sdk: aws_sdk_dynamodb::Client,
    /// First pause before keys that were left unprocessed are asked for again.
    pub(super) first_pause: Duration,
    /// AWS takes so many changes of tags a second in an account and region.
    tag_turns: Turns,
}

/// Changes of tags (TagResource, UntagResource) a second that AWS documents as its limit.
const TAG_CHANGES_A_SECOND: u32 = 5;

impl Client {
    /// `embedded`: AWS is in this process, where no call has to wait for its turn.
    pub(crate) fn new(
        sdk: aws_sdk_dynamodb::Client,
        first_pause: Duration,
        embedded: bool,
    ) -> Self {
        let tag_turns = if embedded {
            Turns::free()
        } else {
            Turns::a_second(TAG_CHANGES_A_SECOND)
        };
        Self {
            sdk,
            first_pause,
            tag_turns,
        }
    }

    async fn create(&self, r: CreateTable) -> Result<TableDescription, Error> {
        const OP: &str = "CreateTable";
        let bad = invalid(SERVICE, OP);
        let call = self
            .sdk
            .create_table()
            .table_name(r.name)
            .set_attribute_definitions(to_sdk::attributes(r.attributes).map_err(&bad)?)
            .set_key_schema(Some(to_sdk::key_schema(r.key_schema).map_err(&bad)?))
            .set_billing_mode(r.billing_mode.as_deref().map(Into::into))
            .set_provisioned_throughput(to_sdk::throughput(r.throughput).map_err(&bad)?)
            .set_on_demand_throughput(to_sdk::on_demand(r.on_demand))
            .set_warm_throughput(to_sdk::warm(r.warm))
            .set_local_secondary_indexes(to_sdk::local_indexes(r.local_indexes).map_err(&bad)?)
            .set_global_secondary_indexes(to_sdk::global_indexes(r.global_indexes).map_err(&bad)?)
            .set_stream_specification(to_sdk::stream(r.stream).map_err(&bad)?)
            .set_sse_specification(to_sdk::sse(r.sse))
            .set_table_class(r.table_class.as_deref().map(Into::into))
            .set_deletion_protection_enabled(r.deletion_protection)
            .set_tags(to_sdk::tags(r.tags).map_err(&bad)?)
            .set_resource_policy(r.resource_policy);
        let output = send(SERVICE, OP, call.send()).await?;
        described(OP, output.table_description)
    }

    async fn update(&self, r: UpdateTable) -> Result<TableDescription, Error> {
        const OP: &str = "UpdateTable";
        let bad = invalid(SERVICE, OP);
        let call = self
            .sdk
            .update_table()
            .table_name(r.table)
            .set_attribute_definitions(to_sdk::attributes(r.attributes).map_err(&bad)?)
            .set_billing_mode(r.billing_mode.as_deref().map(Into::into))
            .set_provisioned_throughput(to_sdk::throughput(r.throughput).map_err(&bad)?)
            .set_on_demand_throughput(to_sdk::on_demand(r.on_demand))
            .set_warm_throughput(to_sdk::warm(r.warm))
            .set_global_secondary_index_updates(
                to_sdk::index_updates(r.index_updates).map_err(&bad)?,
            )
            .set_stream_specification(to_sdk::stream(r.stream).map_err(&bad)?)
            .set_sse_specification(to_sdk::sse(r.sse))
            .set_table_class(r.table_class.as_deref().map(Into::into))
            .set_deletion_protection_enabled(r.deletion_protection)
            .set_replica_updates(to_sdk::replica_updates(r.replica_updates).map_err(&bad)?)
            .set_global_table_witness_updates(
                to_sdk::witness_updates(r.witness_updates).map_err(&bad)?,
            )
            .set_multi_region_consistency(r.multi_region_consistency.as_deref().map(Into::into));
        let output = send(SERVICE, OP, call.send()).await?;
        described(OP, output.table_description)
    }

    async fn tables(&self) -> Result<Vec<String>, Error> {
        let mut names = Vec::new();
        let mut start = None;
        loop {
            let call = self.sdk.list_tables().set_exclusive_start_table_name(start);
            let page = send(SERVICE, "ListTables", call.send()).await?;
            names.extend(page.table_names.unwrap_or_default());
            start = page.last_evaluated_table_name;
            if start.is_none() {
                return Ok(names);
            }
        }
    }

    async fn set_backups(
        &self,
        table: &str,
        enabled: bool,
        days: Option<i32>,
    ) -> Result<ContinuousBackups, Error> {
        const OP: &str = "UpdateContinuousBackups";
        let recovery = sdk::PointInTimeRecoverySpecification::builder()
            .point_in_time_recovery_enabled(enabled)
            .set_recovery_period_in_days(days.filter(|_| enabled))
            .build()
            .map_err(invalid(SERVICE, OP))?;
        let call = self
            .sdk
            .update_continuous_backups()
            .table_name(table)
            .point_in_time_recovery_specification(recovery);
        let output = send(SERVICE, OP, call.send()).await?;
        Ok(to_plain::backups(output.continuous_backups_description))
    }

    async fn set_ttl(&self, table: &str, attribute: &str, enabled: bool) -> Result<(), Error> {
        const OP: &str = "UpdateTimeToLive";
        let ttl = sdk::TimeToLiveSpecification::builder()
            .attribute_name(attribute)
            .enabled(enabled)
            .build()
            .map_err(invalid(SERVICE, OP))?;
        let call = self
            .sdk
            .update_time_to_live()
            .table_name(table)
            .time_to_live_specification(ttl);
        send(SERVICE, OP, call.send()).await.map(drop)
    }

    async fn tags(&self, arn: &str) -> Result<BTreeMap<String, String>, Error> {
        let mut tags = BTreeMap::new();
        let mut next = None;
        loop {
            let call = self
                .sdk
                .list_tags_of_resource()
                .resource_arn(arn)
                .set_next_token(next);
            let page = send(SERVICE, "ListTagsOfResource", call.send()).await?;
            tags.extend(
                page.tags
                    .unwrap_or_default()
                    .into_iter()
                    .map(|t| (t.key, t.value)),
            );
            next = page.next_token.filter(|t| !t.is_empty());
            if next.is_none() {
                return Ok(tags);
            }
        }
    }
}

fn described(
    operation: &'static str,
    table: Option<sdk::TableDescription>,
) -> Result<TableDescription, Error> {
    table.map(to_plain::table).ok_or_else(|| Error::Invalid {
        service: SERVICE,
        operation,
        detail: "the answer describes no table".to_owned(),
    })
}

impl DynamoDb for Client {
    fn create_table(&self, request: CreateTable) -> Answer<'_, TableDescription> {
        Box::pin(self.create(request))
    }

    fn describe_table<'a>(&'a self, table: &'a str) -> Answer<'a, TableDescription> {
        Box::pin(async move {
            const OP: &str = "DescribeTable";
            let call = self.sdk.describe_table().table_name(table);
            described(OP, send(SERVICE, OP, call.send()).await?.table)
        })
    }

    fn update_table(&self, request: UpdateTable) -> Answer<'_, TableDescription> {
        Box::pin(self.update(request))
    }

    fn delete_table<'a>(&'a self, table: &'a str) -> Answer<'a, TableDescription> {
        Box::pin(async move {
            const OP: &str = "DeleteTable";
            let call = self.sdk.delete_table().table_name(table);
            described(OP, send(SERVICE, OP, call.send()).await?.table_description)
        })
    }

    fn list_tables(&self) -> Answer<'_, Vec<String>> {
        Box::pin(self.tables())
    }

    fn describe_continuous_backups<'a>(&'a self, table: &'a str) -> Answer<'a, ContinuousBackups> {
        Box::pin(async move {
            let call = self.sdk.describe_continuous_backups().table_name(table);
            let output = send(SERVICE, "DescribeContinuousBackups", call.send()).await?;
            Ok(to_plain::backups(output.continuous_backups_description))
        })
    }

    fn update_continuous_backups<'a>(
        &'a self,
        table: &'a str,
        enabled: bool,
        recovery_period_in_days: Option<i32>,
    ) -> Answer<'a, ContinuousBackups> {
        Box::pin(self.set_backups(table, enabled, recovery_period_in_days))
    }

    fn describe_time_to_live<'a>(&'a self, table: &'a str) -> Answer<'a, TimeToLive> {
        Box::pin(async move {
            let call = self.sdk.describe_time_to_live().table_name(table);
            let output = send(SERVICE, "DescribeTimeToLive", call.send()).await?;
            Ok(to_plain::time_to_live(output.time_to_live_description))
        })
    }

    fn update_time_to_live<'a>(
        &'a self,
        table: &'a str,
        attribute: &'a str,
        enabled: bool,
    ) -> Answer<'a, ()> {
        Box::pin(self.set_ttl(table, attribute, enabled))
    }

    fn tag_resource<'a>(&'a self, arn: &'a str, tags: BTreeMap<String, String>) -> Answer<'a, ()> {
        Box::pin(async move {
            const OP: &str = "TagResource";
            let tags = to_sdk::tags(tags).map_err(invalid(SERVICE, OP))?;
            let call = self
                .sdk
                .tag_resource()
                .resource_arn(arn)
                .set_tags(Some(tags.unwrap_or_default()));
            self.tag_turns.take().await;
            send(SERVICE, OP, call.send()).await.map(drop)
        })
    }

    fn untag_resource<'a>(&'a self, arn: &'a str, keys: Vec<String>) -> Answer<'a, ()> {
        Box::pin(async move {
            let call = self
                .sdk
                .untag_resource()
                .resource_arn(arn)
                .set_tag_keys(Some(keys));
            self.tag_turns.take().await;
            send(SERVICE, "UntagResource", call.send()).await.map(drop)
        })
    }

    fn list_tags_of_resource<'a>(&'a self, arn: &'a str) -> Answer<'a, BTreeMap<String, String>> {
        Box::pin(self.tags(arn))
    }

    fn batch_get_item(&self, request: BatchGet) -> Answer<'_, Vec<Item>> {
        Box::pin(items_client::batch_get(self, request))
    }

    fn get_item(&self, request: GetItem) -> Answer<'_, Option<Item>> {
        Box::pin(items_client::get(self, request))
    }

    fn put_item(&self, request: PutItem) -> Answer<'_, ()> {
        Box::pin(items_client::put(self, request))
    }

    fn update_item(&self, request: UpdateItem) -> Answer<'_, ()> {
        Box::pin(items_client::update(self, request))
    }

    fn delete_item(&self, request: DeleteItem) -> Answer<'_, ()> {
        Box::pin(items_client::delete(self, request))
    }

    fn transact_write_items(&self, request: TransactWrite) -> Answer<'_, ()> {
        Box::pin(items_client::transact(self, request))
    }

    fn query(&self, request: Query) -> Answer<'_, Page> {
        Box::pin(items_client::query(self, request))
    }

    fn scan(&self, request: Scan) -> Answer<'_, Page> {
        Box::pin(items_client::scan(self, request))
    }
}
