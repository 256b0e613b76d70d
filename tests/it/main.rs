//! Whole-binary tests: the program as its users run it, on the embedded AWS, with no account and no network.
//!
//! What a single crate can show is shown there; here stands what only the whole shows.

mod autoscaled;
mod backend_created;
mod backend_moves;
mod bad_input;
mod bed;
mod bootstrap;
mod dependencies;
mod docs_ci;
mod drift;
mod drift_corpus;
mod drift_decisions;
mod drift_forms;
mod drift_unmanaged;
mod encryption;
mod first_vpc;
mod fixtures;
mod fmt;
mod imported;
mod init;
mod interplay_backend;
mod interplay_encryption;
mod interplay_states;
mod json_schema;
mod kept_objects;
mod local_serve;
mod plan_readers;
mod readme;
mod remote_state;
mod replicas;
mod reports;
mod requests;
mod s3_lock;
mod schemas;
mod secrets;
mod secrets_in_stores;
mod state_commands;
mod state_files;
mod state_history;
mod sweeps;
mod tables;
mod tested_tables;
mod transcripts;
mod unsaved;
mod xml_schema;
