//! Tests of the parser: recorded answers, trees, a second parser's opinion, properties and limits.

mod analysis;
mod bytes;
mod dump;
mod edit;
mod format;
mod goldens;
mod json;
mod limits;
mod properties;
mod second_opinion;
mod shape;
