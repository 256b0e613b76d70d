//! How AWS is reached, once: settings, credentials, endpoints, retry, errors, counting, and every SDK call.
//!
//! Other crates see object-safe traits ([`DynamoDb`], [`S3`], [`Buckets`], [`Sts`], [`Kms`], [`AutoScaling`],
//! [`Ec2`], [`Iam`], [`Kinesis`]) over
//! plain structs. Their futures are boxed, so that the SDK's are compiled here
//! and nowhere else. A [`Session`] is made by [`Session::connect`] and hands
//! them out.
mod answer;
mod arn;
/// Application Auto Scaling: the trait and its plain structs.
pub mod autoscaling;
mod calls;
mod configuration;
mod connector;
mod counts;
mod credentials;
mod dispatch;
mod duration;
/// DynamoDB: the trait and its plain structs.
pub mod dynamodb;
/// EC2: the trait and its plain structs.
pub mod ec2;
mod environment;
mod error;
mod failure;
/// IAM: the trait and its plain structs.
pub mod iam;
mod json;
/// Kinesis: the trait and its plain structs.
pub mod kinesis;
/// KMS: the trait and its plain structs.
pub mod kms;
mod message;
mod pace;
mod poll;
mod proxies;
mod query;
mod region;
mod roles;
/// S3: the trait and its plain structs.
pub mod s3;
mod service;
mod session;
mod settings;
mod signed;
mod sts;
mod web;
/// XML documents as trees.
pub mod xml;

pub use answer::Answer;
pub use arn::Arn;
pub use autoscaling::AutoScaling;
pub use counts::RequestCounts;
pub use dispatch::{Dispatch, DispatchError};
pub use duration::{parse_duration, show_duration};
pub use dynamodb::{AttributeValue, DynamoDb, Item};
pub use ec2::Ec2;
pub use environment::Environment;
pub use error::{CancellationReason, Class, Error, Failure};
pub use futures::future::BoxFuture;
pub use iam::Iam;
pub use kinesis::Kinesis;
pub use kms::{DataKey, KeyMetadata, Kms};
pub use poll::{Poll, PollSettings, poll_until};
pub use region::{dns_suffix, partition};
pub use s3::{Buckets, Objects, S3};
pub use session::{Session, Transport};
pub use settings::{AssumeRole, AssumeRoleWithWebIdentity, Endpoints, RetryMode, Settings};
pub use sts::{CallerIdentity, Sts};
pub use web::Web;
