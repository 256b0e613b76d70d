//! The backends: one contract for all of them, and what is peculiar to each.

mod bed;
mod contract;
mod interplay;
mod journal;
mod local;
mod opentofu;
mod recorder;
mod s3_arguments;
mod s3_lock;
mod s3_settings;
mod s3_state;
mod s3_takeover;
