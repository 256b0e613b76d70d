//! The AWS provider: DynamoDB tables, table items, S3 buckets, small data sources.
//!
//! A type is a folder; what it may say stands in its `schema`, and schema, plan and the form in state
//! all follow from that by [`rules`]. AWS is reached through a [`Connect`], so that the embedded AWS
//! can stand in its place.

mod arn;
mod autoscaling;
mod configuration;
mod connection;
mod digest;
mod dynamodb;
mod ec2;
mod failure;
mod functions;
mod iam;
mod iam_policy;
mod kinds;
mod kinesis;
mod kms;
mod lifecycle;
mod lookup;
mod made_up;
mod members;
mod patience;
mod provider;
mod region;
mod rfc3339;
mod rules;
mod s3;
mod satellite;
mod sts;
mod survey;
mod tags;
mod timeouts;

pub use configuration::Environment;
pub use connection::{Connect, Connection, ThroughTransport};
pub use provider::AwsProvider;
