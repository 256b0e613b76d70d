//! DynamoDB: the engine for items and keys, our own records for the rest of the control plane.

mod backups;
mod describe;
mod export;
mod export_files;
mod export_format;
mod import;
mod insights;
mod items;
mod kinesis;
mod named;
pub(crate) mod overlay;
pub(crate) mod partial;
mod past;
mod policy;
mod recovery;
mod region;
mod replicas;
mod restore;
mod tables;
mod ttl;
mod unfinished;
mod update;
pub(crate) mod wire;

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::s3::S3Store;
use region::Region;
use replicas::group::Groups;
use wire::Failure;

/// DynamoDB in all regions of one account.
pub(crate) struct DynamoDb {
    folder: Option<PathBuf>,
    account: String,
    describes: u32,
    /// Where exports go.
    store: Arc<S3Store>,
    regions: Mutex<HashMap<String, Arc<Region>>>,
    groups: Mutex<Option<Arc<Groups>>>,
    /// Held while global tables are brought to where they are to be.
    pub(crate) settling: Mutex<()>,
    /// Held while an item is written and copied to other regions.
    pub(crate) copying: Mutex<()>,
}

impl DynamoDb {
    /// Regions are opened on first use below `folder`, or in memory without one.
    pub(crate) fn new(
        folder: Option<PathBuf>,
        account: &str,
        describes: u32,
        store: Arc<S3Store>,
    ) -> DynamoDb {
        DynamoDb {
            folder,
            account: account.to_owned(),
            describes,
            store,
            regions: Mutex::new(HashMap::new()),
            groups: Mutex::new(None),
            settling: Mutex::new(()),
            copying: Mutex::new(()),
        }
    }

    /// Answers one request. Blocks: the engine works on the calling thread.
    pub(crate) fn answer(&self, region: &str, operation: &str, body: &[u8]) -> Response<Bytes> {
        let answer = std::panic::catch_unwind(AssertUnwindSafe(|| {
            self.region(region)
                .and_then(|region| self.dispatch(&region, operation, body))
        }));
        let answer = answer.unwrap_or_else(|_| {
            self.reopen(region);
            Err(Failure::internal("a panic"))
        });
        match answer {
            Ok(body) => wire::response(StatusCode::OK, body.into()),
            Err(failure) => failure.response(),
        }
    }

    /// Answers a batch of which only `count` keys or items a table are handled.
    pub(crate) fn answer_in_part(
        &self,
        region: &str,
        operation: &str,
        body: &[u8],
        count: usize,
    ) -> Response<Bytes> {
        let batch = matches!(operation, "BatchGetItem" | "BatchWriteItem");
        let Some((body, rest)) = partial::cut(body, count).filter(|_| batch) else {
            return self.answer(region, operation, body);
        };
        if count == 0 {
            let answer = match operation {
                "BatchGetItem" => json!({"Responses": {}, "UnprocessedKeys": rest}),
                _ => json!({"UnprocessedItems": rest}),
            };
            return wire::response(StatusCode::OK, answer.to_string().into());
        }
        let answer = self.answer(region, operation, &body);
        if !answer.status().is_success() {
            return answer;
        }
        match partial::add(operation, answer.body(), rest) {
            Some(body) => wire::response(StatusCode::OK, body.into()),
            None => answer,
        }
    }

    /// The global tables of the account, opened on first use.
    pub(crate) fn groups(&self) -> Result<Arc<Groups>, Failure> {
        let mut kept = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(groups) = &*kept {
            return Ok(Arc::clone(groups));
        }
        let path = self
            .folder
            .as_ref()
            .map(|folder| folder.join(&self.account).join("global-tables.db"));
        let groups = Arc::new(Groups::open(path)?);
        *kept = Some(Arc::clone(&groups));
        drop(kept);
        // What a process that died had still to do in several regions.
        replicas::resume(self)?;
        Ok(groups)
    }

    /// One region, opened on first use.
    pub(crate) fn region(&self, name: &str) -> Result<Arc<Region>, Failure> {
        let groups = self.groups()?;
        let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(region) = regions.get(name) {
            return Ok(Arc::clone(region));
        }
        let region = Arc::new(Region::open(
            self.folder.as_deref(),
            &self.account,
            name,
            self.describes,
            groups,
        )?);
        regions.insert(name.to_owned(), Arc::clone(&region));
        Ok(region)
    }

    /// Whether a region has a table, and the table an index of that name if one is asked for.
    pub(crate) fn has(
        &self,
        region: &str,
        table: &str,
        index: Option<&str>,
    ) -> Result<bool, Failure> {
        let region = self.region(region)?;
        match index {
            None => Ok(region.has_table(table)),
            Some(index) => describe::has_index(&region, table, index),
        }
    }

    /// A panic leaves the engine's lock unusable: a region that is on disk is
    /// opened again by the next request.
    fn reopen(&self, region: &str) {
        if self.folder.is_some() {
            self.regions
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(region);
        }
    }

    fn dispatch(&self, region: &Region, operation: &str, body: &[u8]) -> Result<Vec<u8>, Failure> {
        if let Some(answer) = replicas::items::answer(self, region, operation, body) {
            return answer.map_err(|failure| failure.map_text(|text| region.our_arns(text)));
        }
        if !is_known(operation) {
            return Err(Failure::unknown_operation());
        }
        let mut request: Value = serde_json::from_slice(body).map_err(|_| Failure::not_json())?;
        if !request.is_object() {
            return Err(Failure::not_json());
        }
        if let Some(Value::String(name)) = request.get_mut("TableName") {
            *name = region.table_of(name);
        }
        let answer = self.control(region, operation, request);
        match answer {
            Ok(answer) => Ok(region.our_arns(&answer.to_string()).into_bytes()),
            Err(failure) => Err(failure.map_text(|text| region.our_arns(text))),
        }
    }

    fn control(&self, region: &Region, operation: &str, request: Value) -> Result<Value, Failure> {
        replicas::require_ready(region, operation, &request)?;
        match operation {
            "CreateTable" => tables::create(region, request),
            "DescribeTable" => replicas::describe_table(self, region, request),
            "DeleteTable" => replicas::delete_table(self, region, request),
            "ListTables" => tables::list(region, request),
            "UpdateTable" => replicas::update_table(self, region, request),
            "UpdateContinuousBackups" => recovery::update(region, &request),
            "DescribeContinuousBackups" => recovery::describe(region, &request),
            "CreateBackup" => backups::create(region, &request),
            "DescribeBackup" => backups::describe(region, &request),
            "DeleteBackup" => backups::delete(region, &request),
            "ListBackups" => backups::list(region, &request),
            "RestoreTableFromBackup" => backups::restore(region, &request),
            "RestoreTableToPointInTime" => past::restore(region, &request),
            "ImportTable" => import::begin(region, &self.store, &request),
            "DescribeImport" => import::describe(region, &request),
            "UpdateTimeToLive" => replicas::update_time_to_live(self, region, request),
            "DescribeTimeToLive" => ttl::describe(region, request),
            "UpdateContributorInsights" => insights::update(region, &request),
            "DescribeContributorInsights" => insights::describe(region, &request),
            "ListContributorInsights" => insights::list(region, &request),
            "EnableKinesisStreamingDestination" => kinesis::enable(region, &request),
            "DisableKinesisStreamingDestination" => kinesis::disable(region, &request),
            "UpdateKinesisStreamingDestination" => kinesis::update(region, &request),
            "DescribeKinesisStreamingDestination" => kinesis::describe(region, &request),
            "PutResourcePolicy" => policy::put(region, &request),
            "GetResourcePolicy" => policy::get(region, &request),
            "DeleteResourcePolicy" => policy::delete(region, &request),
            "ExportTableToPointInTime" => export::begin(region, &self.store, &request),
            "DescribeExport" => export::describe(region, &request),
            "ListExports" => export::list(region, &request),
            "DescribeLimits" => Ok(json!({
                "AccountMaxReadCapacityUnits": 80_000,
                "AccountMaxWriteCapacityUnits": 80_000,
                "TableMaxReadCapacityUnits": 40_000,
                "TableMaxWriteCapacityUnits": 40_000,
            })),
            "DescribeEndpoints" => Ok(json!({"Endpoints": [{
                "Address": format!("dynamodb.{}.amazonaws.com", region.name),
                "CachePeriodInMinutes": 1440,
            }]})),
            _ if replicas::legacy::is_known(operation) => {
                replicas::legacy::answer(self, region, operation, &request)
            }
            _ => named::answer(region, operation, request),
        }
    }
}

/// The control-plane operations that are answered.
fn is_known(operation: &str) -> bool {
    matches!(
        operation,
        "CreateTable"
            | "DescribeTable"
            | "DeleteTable"
            | "ListTables"
            | "UpdateTable"
            | "UpdateContinuousBackups"
            | "DescribeContinuousBackups"
            | "CreateBackup"
            | "DescribeBackup"
            | "DeleteBackup"
            | "ListBackups"
            | "RestoreTableFromBackup"
            | "RestoreTableToPointInTime"
            | "ImportTable"
            | "DescribeImport"
            | "UpdateTimeToLive"
            | "DescribeTimeToLive"
            | "UpdateContributorInsights"
            | "DescribeContributorInsights"
            | "ListContributorInsights"
            | "EnableKinesisStreamingDestination"
            | "DisableKinesisStreamingDestination"
            | "UpdateKinesisStreamingDestination"
            | "DescribeKinesisStreamingDestination"
            | "PutResourcePolicy"
            | "GetResourcePolicy"
            | "DeleteResourcePolicy"
            | "ExportTableToPointInTime"
            | "DescribeExport"
            | "ListExports"
            | "DescribeLimits"
            | "DescribeEndpoints"
    ) || named::is_known(operation)
        || replicas::legacy::is_known(operation)
}

/// Seconds since the epoch.
pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// The `TableName` of a request, with the table known to exist.
pub(crate) fn existing_table(region: &Region, request: &Value) -> Result<String, Failure> {
    let name = table_name(request)?;
    if region.has_table(name) {
        Ok(name.to_owned())
    } else {
        Err(Failure::no_table(name))
    }
}

/// The `TableName` of a request.
pub(crate) fn table_name(request: &Value) -> Result<&str, Failure> {
    request
        .get("TableName")
        .and_then(Value::as_str)
        .ok_or_else(|| {
            Failure::validation(
                "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null",
            )
        })
}
