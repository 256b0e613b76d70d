//! The functions' tests in one binary.

mod every_function;
mod round_trips;
