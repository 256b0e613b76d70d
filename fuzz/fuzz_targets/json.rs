//! Any bytes, read as JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| trueup_parser::fuzz_json(bytes));
