//! Tests of the plan: its saved file, its counts, its documents.

mod configuration;
mod documents;
mod sample;
mod saved;
