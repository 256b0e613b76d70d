//! State files read and written: recorded files byte for byte, damaged ones refused.

mod dependencies;
mod older;
mod refusals;
mod round_trip;
mod size;
mod values;
