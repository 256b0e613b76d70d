//! Tests of the views by recorded answers.

mod bodies;
mod documents;
mod plan_reader;
