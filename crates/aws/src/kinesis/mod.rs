//! Kinesis: data streams, as far as tables send their changes to them.
mod client;

use std::collections::BTreeMap;

use crate::Answer;
pub(crate) use client::Client;

/// The Kinesis calls the program makes. Each that changes a stream only begins the change: the stream
/// is `UPDATING` (`CREATING`, `DELETING`) for a while.
pub trait Kinesis: Send + Sync {
    /// Creates a stream. Not repeated where its answer was lost: a second call would find the first one's.
    fn create_stream(&self, request: CreateStream) -> Answer<'_, ()>;

    /// What is known of a stream, but for its shards one by one.
    fn describe_stream_summary<'a>(&'a self, name: &'a str) -> Answer<'a, StreamSummary>;

    /// Deletes a stream; with `consumers` also where some are registered, else that is refused.
    fn delete_stream<'a>(&'a self, name: &'a str, consumers: bool) -> Answer<'a, ()>;

    /// Keeps records for so many hours, which are `longer` than before or not: AWS has a call for each.
    fn set_retention<'a>(&'a self, name: &'a str, hours: i64, longer: bool) -> Answer<'a, ()>;

    /// Splits or merges shards evenly until there are so many.
    fn update_shard_count<'a>(&'a self, name: &'a str, count: i64) -> Answer<'a, ()>;

    /// Has the stream grow by itself (`ON_DEMAND`), or not (`PROVISIONED`).
    fn update_stream_mode<'a>(&'a self, arn: &'a str, mode: &'a str) -> Answer<'a, ()>;

    /// Takes records up to so many KiB.
    fn update_max_record_size<'a>(&'a self, arn: &'a str, kib: i64) -> Answer<'a, ()>;

    /// Turns metrics of each shard on or off.
    fn set_shard_metrics<'a>(
        &'a self,
        name: &'a str,
        metrics: &'a [String],
        on: bool,
    ) -> Answer<'a, ()>;

    /// Encrypts records with a KMS key from now on, or no longer with it.
    fn set_encryption<'a>(&'a self, name: &'a str, key: &'a str, on: bool) -> Answer<'a, ()>;

    /// The tags of a stream.
    fn list_stream_tags<'a>(&'a self, name: &'a str) -> Answer<'a, BTreeMap<String, String>>;

    /// Puts tags on a stream.
    fn tag_stream<'a>(
        &'a self,
        name: &'a str,
        tags: &'a BTreeMap<String, String>,
    ) -> Answer<'a, ()>;

    /// Takes tags off a stream.
    fn untag_stream<'a>(&'a self, name: &'a str, keys: &'a [String]) -> Answer<'a, ()>;
}

/// What a new stream is to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreateStream {
    /// Its name, 1 to 128 letters, digits, `_`, `.` and `-`.
    pub name: String,
    /// How many shards it has; none for one that grows by itself.
    pub shards: Option<i64>,
    /// `PROVISIONED` or `ON_DEMAND`; the service's `PROVISIONED` where nothing is said.
    pub mode: Option<String>,
    /// The largest record, in KiB; the service's 1024 where nothing is said.
    pub max_record_kib: Option<i64>,
}

/// What is known of a stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StreamSummary {
    /// Its name.
    pub name: String,
    /// ARN.
    pub arn: String,
    /// `CREATING`, `ACTIVE`, `UPDATING` or `DELETING`.
    pub status: String,
    /// `PROVISIONED` or `ON_DEMAND`; nothing where a store does not know modes.
    pub mode: Option<String>,
    /// Hours that records are kept.
    pub retention: Option<i64>,
    /// Shards that take records.
    pub shards: i64,
    /// `NONE` or `KMS`.
    pub encryption: String,
    /// The key that encrypts it.
    pub key: Option<String>,
    /// The metrics that each shard has.
    pub metrics: Vec<String>,
    /// The largest record, in KiB.
    pub max_record_kib: Option<i64>,
}
