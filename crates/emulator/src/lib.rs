//! The embedded AWS: DynamoDB, S3, STS, KMS, Application Auto Scaling, EC2, IAM and Kinesis behind one function.
//!
//! [`Emulator::call`] takes an HTTP request as an AWS client would send it and
//! returns the answer AWS would give. [`serve::serve`] puts the same function
//! behind a loopback listener. State is durable under the directory that
//! [`Emulator::open`] is given.

mod autoscaling;
mod caller;
mod chunked;
mod config;
mod connection;
mod database;
mod dynamodb;
mod ec2;
mod emulator;
mod escapes;
mod faults;
mod iam;
mod json_calls;
mod kinesis;
mod kms;
mod operation;
mod permissions;
mod query_calls;
mod records;
mod refusals;
mod s3;
pub mod serve;
mod sts;
mod wildcards;

pub use config::{AccessKeys, Config, OpenError};
pub use connection::arrived;
pub use emulator::Emulator;
pub use faults::{Fault, Faults, LostAnswer, Rule, answer_is_lost};
pub use operation::{Service, operation_of};
pub use permissions::Permissions;
