//! What stands beside a table and has calls of its own: insights, Kinesis destinations, policies, exports.
use crate::Answer;

/// Contributor insights of a table or an index, as described.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Insights {
    /// `ENABLING`, `ENABLED`, `DISABLING`, `DISABLED` or `FAILED`.
    pub status: String,
    /// `ACCESSED_AND_THROTTLED_KEYS` or `THROTTLED_KEYS`.
    pub mode: Option<String>,
    /// Why it is `FAILED`: the service's name of the error and its words.
    pub failure: Option<String>,
}

/// A Kinesis stream that a table's changes go to, as described.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KinesisDestination {
    /// ARN of the stream.
    pub stream_arn: String,
    /// `ENABLING`, `ACTIVE`, `DISABLING`, `DISABLED`, `ENABLE_FAILED` or `UPDATING`.
    pub status: String,
    /// What the status is about.
    pub status_description: Option<String>,
    /// `MILLISECOND` or `MICROSECOND`.
    pub precision: Option<String>,
}

/// A resource policy and its revision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResourcePolicy {
    /// The policy, JSON.
    pub policy: String,
    /// Changes with every change of the policy.
    pub revision_id: Option<String>,
}

/// PutResourcePolicy; `None` is not sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PutResourcePolicy {
    /// ARN of a table or a stream.
    pub resource_arn: String,
    /// The policy, JSON.
    pub policy: String,
    /// Only while the policy has this revision; `NO_POLICY` for none.
    pub expected_revision_id: Option<String>,
    /// Confirms that the caller will not be able to change the policy any more.
    pub confirm_remove_self_resource_access: Option<bool>,
}

/// ExportTableToPointInTime; `None` is not sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExportTable {
    /// ARN of the table.
    pub table_arn: String,
    /// The same on every try, so that one export is made.
    pub client_token: Option<String>,
    /// Bucket.
    pub s3_bucket: String,
    /// Account that owns the bucket.
    pub s3_bucket_owner: Option<String>,
    /// Beginning of the objects' keys.
    pub s3_prefix: Option<String>,
    /// `AES256` or `KMS`.
    pub s3_sse_algorithm: Option<String>,
    /// KMS key for the objects.
    pub s3_sse_kms_key_id: Option<String>,
    /// `DYNAMODB_JSON` or `ION`.
    pub export_format: Option<String>,
    /// The moment to export, in seconds since 1970.
    pub export_time: Option<f64>,
    /// `FULL_EXPORT` or `INCREMENTAL_EXPORT`.
    pub export_type: Option<String>,
    /// The span of an incremental export.
    pub incremental: Option<IncrementalExport>,
}

/// The span of an incremental export.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IncrementalExport {
    /// Begin, in seconds since 1970.
    pub from_time: Option<f64>,
    /// End, in seconds since 1970.
    pub to_time: Option<f64>,
    /// `NEW_IMAGE` or `NEW_AND_OLD_IMAGES`.
    pub view_type: Option<String>,
}

/// An export as described.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Export {
    /// ARN of the export.
    pub arn: String,
    /// `IN_PROGRESS`, `COMPLETED` or `FAILED`.
    pub status: String,
    /// ARN of the table.
    pub table_arn: Option<String>,
    /// The token it was asked for with.
    pub client_token: Option<String>,
    /// When it began, in seconds since 1970.
    pub start_time: Option<f64>,
    /// When it ended, in seconds since 1970.
    pub end_time: Option<f64>,
    /// The moment that was exported, in seconds since 1970.
    pub export_time: Option<f64>,
    /// Key of the manifest.
    pub manifest: Option<String>,
    /// Bucket.
    pub s3_bucket: Option<String>,
    /// Account that owns the bucket.
    pub s3_bucket_owner: Option<String>,
    /// Beginning of the objects' keys.
    pub s3_prefix: Option<String>,
    /// `AES256` or `KMS`.
    pub s3_sse_algorithm: Option<String>,
    /// KMS key of the objects.
    pub s3_sse_kms_key_id: Option<String>,
    /// Why it failed, in a word.
    pub failure_code: Option<String>,
    /// Why it failed.
    pub failure_message: Option<String>,
    /// `DYNAMODB_JSON` or `ION`.
    pub export_format: Option<String>,
    /// `FULL_EXPORT` or `INCREMENTAL_EXPORT`.
    pub export_type: Option<String>,
    /// The span of an incremental export.
    pub incremental: Option<IncrementalExport>,
    /// Bytes that are charged for.
    pub billed_size_bytes: Option<i64>,
    /// Items.
    pub item_count: Option<i64>,
}

/// The calls on what stands beside tables.
pub trait Satellites: Send + Sync {
    /// Contributor insights of a table, or of an index of it.
    fn describe_contributor_insights<'a>(
        &'a self,
        table: &'a str,
        index: Option<&'a str>,
    ) -> Answer<'a, Insights>;
    /// Turns contributor insights on (in a mode, if one is given) or off; answers the status.
    fn update_contributor_insights<'a>(
        &'a self,
        table: &'a str,
        index: Option<&'a str>,
        enable: bool,
        mode: Option<&'a str>,
    ) -> Answer<'a, String>;

    /// All Kinesis destinations of a table, also those that were turned off.
    fn describe_kinesis_destinations<'a>(
        &'a self,
        table: &'a str,
    ) -> Answer<'a, Vec<KinesisDestination>>;
    /// Sends a table's changes to a stream from now on.
    fn enable_kinesis_destination<'a>(
        &'a self,
        table: &'a str,
        stream_arn: &'a str,
        precision: Option<&'a str>,
    ) -> Answer<'a, ()>;
    /// Sends a table's changes to a stream no longer.
    fn disable_kinesis_destination<'a>(
        &'a self,
        table: &'a str,
        stream_arn: &'a str,
    ) -> Answer<'a, ()>;

    /// Puts a policy on a table or a stream in place of the one that is there; answers the revision.
    fn put_resource_policy(&self, request: PutResourcePolicy) -> Answer<'_, Option<String>>;
    /// The policy of a table or stream; `PolicyNotFoundException` ([`crate::Class::NotFound`]) if
    /// there is none.
    fn get_resource_policy<'a>(&'a self, resource_arn: &'a str) -> Answer<'a, ResourcePolicy>;
    /// Takes the policy off a table or stream; taking off none is success.
    fn delete_resource_policy<'a>(&'a self, resource_arn: &'a str) -> Answer<'a, ()>;

    /// Begins an export; it is usually `IN_PROGRESS` in the answer.
    fn export_table(&self, request: ExportTable) -> Answer<'_, Export>;
    /// An export by its ARN; [`crate::Class::NotFound`] once AWS has forgotten it.
    fn describe_export<'a>(&'a self, arn: &'a str) -> Answer<'a, Export>;
    /// ARNs of all exports of a table that AWS still knows, all pages.
    fn list_exports<'a>(&'a self, table_arn: &'a str) -> Answer<'a, Vec<String>>;
}
