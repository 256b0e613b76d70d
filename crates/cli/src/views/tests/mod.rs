//! Tests of the views by recorded answers.

mod bodies;
mod diagnostics;
mod documents;
mod drift;
mod events;
mod manual;
mod plan_reader;
mod states;
