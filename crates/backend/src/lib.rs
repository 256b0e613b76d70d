//! Where state lives and who holds it, and the journal of intents.
//!
//! A [`Backend`] stores the states of workspaces and locks them. A [`Session`] is one run's use of
//! one state: lock, read, checkpoints, unlock. A [`Journal`] remembers what a run is about to do to
//! the world until the state says that it was done.

mod backend;
mod block_hash;
mod error;
mod history;
mod journal;
mod local;
mod lock;
mod memory;
mod private_file;
mod record;
mod registry;
mod s3;
mod sealing;
mod session;
mod setting_problem;
mod surroundings;

pub use backend::{
    Backend, DEFAULT_WORKSPACE, Notice, Revision, Snapshot, Written, is_workspace_name,
};
pub use block_hash::BlockHash;
pub use error::{DigestMismatch, DigestNotWritten, Error};
pub use history::{History, Kept, Version};
pub use journal::{
    BatchId, IntentKind, IntentRecord, Journal, JournalStore, OpenBatch, Outcome, OutcomeRecord,
};
pub use local::{LocalBackend, LocalSettings};
pub use lock::{Held, LockInfo, LockWait, OnWait, Operation, Waiting};
pub use memory::MemoryBackend;
pub use private_file::{replace as replace_private, write as write_private};
pub use record::BackendRecord;
pub use registry::{
    AwsClients, BACKEND_TYPES, Connect, Place, check_settings, open_backend, required_settings,
    schema, why_no_backend,
};
pub use s3::{
    Lack, MISSING_REGION, S3Backend, S3Settings, S3Timing, reach as aws_reach,
    reach_schema as aws_reach_schema, reach_schema_with_block as aws_reach_schema_with_block,
};
pub use sealing::{Hash, KeyProvider, KeySource, Method, Passphrase, Sealing, is_sealed};
pub use session::{LockOptions, Session};
pub use setting_problem::{SettingPlace, SettingProblem};
pub use surroundings::{ProcessMark, Surroundings};
pub use trueup_aws::s3::Encryption;
pub use trueup_aws::{BoxFuture, Environment, Error as AwsError};
