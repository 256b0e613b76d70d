//! Global tables of version 2017.11.29: calls of their own, on tables that are there already.
use aws_sdk_dynamodb::types as sdk;

use super::client::{Client, SERVICE};
use crate::calls::send;
use crate::failure::invalid;
use crate::{Answer, Error};

/// A global table of version 2017.11.29 as described.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GlobalTable {
    /// Name, which its tables share.
    pub name: String,
    /// ARN; it names no region.
    pub arn: String,
    /// `CREATING`, `ACTIVE`, `UPDATING`, `DELETING`.
    pub status: String,
    /// The regions of its tables.
    pub regions: Vec<String>,
    /// When it was created, in seconds since 1970.
    pub created: Option<i64>,
}

/// The calls on global tables of version 2017.11.29. One that does not exist is
/// [`crate::Class::NotFound`].
pub trait GlobalTables: Send + Sync {
    /// Ties the tables of a name in some regions together.
    fn create_global_table<'a>(
        &'a self,
        name: &'a str,
        regions: Vec<String>,
    ) -> Answer<'a, GlobalTable>;
    /// Describes a global table.
    fn describe_global_table<'a>(&'a self, name: &'a str) -> Answer<'a, GlobalTable>;
    /// Adds tables of regions and takes others out.
    fn update_global_table<'a>(
        &'a self,
        name: &'a str,
        add: Vec<String>,
        remove: Vec<String>,
    ) -> Answer<'a, GlobalTable>;
}

fn plain(
    operation: &'static str,
    given: Option<sdk::GlobalTableDescription>,
) -> Result<GlobalTable, Error> {
    let given = given.ok_or_else(|| Error::Invalid {
        service: SERVICE,
        operation,
        detail: "the answer describes no global table".to_owned(),
    })?;
    Ok(GlobalTable {
        name: given.global_table_name.unwrap_or_default(),
        arn: given.global_table_arn.unwrap_or_default(),
        status: given
            .global_table_status
            .map(|status| status.as_str().to_owned())
            .unwrap_or_default(),
        regions: given
            .replication_group
            .unwrap_or_default()
            .into_iter()
            .filter_map(|replica| replica.region_name)
            .collect(),
        created: given.creation_date_time.map(|at| at.secs()),
    })
}

impl GlobalTables for Client {
    fn create_global_table<'a>(
        &'a self,
        name: &'a str,
        regions: Vec<String>,
    ) -> Answer<'a, GlobalTable> {
        Box::pin(async move {
            const OP: &str = "CreateGlobalTable";
            let group = regions
                .into_iter()
                .map(|region| sdk::Replica::builder().region_name(region).build())
                .collect();
            let call = self
                .sdk
                .create_global_table()
                .global_table_name(name)
                .set_replication_group(Some(group));
            let output = send(SERVICE, OP, call.send()).await?;
            plain(OP, output.global_table_description)
        })
    }

    fn describe_global_table<'a>(&'a self, name: &'a str) -> Answer<'a, GlobalTable> {
        Box::pin(async move {
            const OP: &str = "DescribeGlobalTable";
            let call = self.sdk.describe_global_table().global_table_name(name);
            let output = send(SERVICE, OP, call.send()).await?;
            plain(OP, output.global_table_description)
        })
    }

    fn update_global_table<'a>(
        &'a self,
        name: &'a str,
        add: Vec<String>,
        remove: Vec<String>,
    ) -> Answer<'a, GlobalTable> {
        Box::pin(async move {
            const OP: &str = "UpdateGlobalTable";
            let bad = invalid(SERVICE, OP);
            let mut updates = Vec::new();
            for region in add {
                let create = sdk::CreateReplicaAction::builder()
                    .region_name(region)
                    .build()
                    .map_err(&bad)?;
                updates.push(sdk::ReplicaUpdate::builder().create(create).build());
            }
            for region in remove {
                let delete = sdk::DeleteReplicaAction::builder()
                    .region_name(region)
                    .build()
                    .map_err(&bad)?;
                updates.push(sdk::ReplicaUpdate::builder().delete(delete).build());
            }
            let call = self
                .sdk
                .update_global_table()
                .global_table_name(name)
                .set_replica_updates(Some(updates));
            let output = send(SERVICE, OP, call.send()).await?;
            plain(OP, output.global_table_description)
        })
    }
}
