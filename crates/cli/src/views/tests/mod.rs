//! Tests of the views by recorded answers.

mod bodies;
mod diagnostics;
mod documents;
mod plan_reader;
mod states;
