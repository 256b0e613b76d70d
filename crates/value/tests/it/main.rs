//! Tests of the value crate: recorded answers, tables of cases, properties.

mod conversions;
mod defaults;
mod expression;
mod json;
mod marks;
mod numbers;
mod properties;
mod recorded;
mod scale;
mod sets;
