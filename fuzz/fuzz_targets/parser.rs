//! Any bytes, read in every way the parser has.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| trueup_parser::fuzz_one(bytes));
