//! Any bytes, formatted where they can be read.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| trueup_parser::fuzz_format(bytes));
