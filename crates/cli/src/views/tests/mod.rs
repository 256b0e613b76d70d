//! Tests of the views by recorded answers.

mod bodies;
mod plan_reader;
