//! Sweeps: the program is killed, or a call of it fails, at every API call of an apply in turn; several fight for
//! one state. A sample runs with all tests, the whole with `cargo xtask long NAME`.

mod aws;
mod faults;
mod fights;
mod kill;
mod kinds;
mod networks;
mod parts;
mod permitted;
mod scenario;
mod shifts;
mod sweep;
mod world;

/// Says what was counted.
#[expect(
    clippy::print_stdout,
    reason = "the counts are what a sweep is run for"
)]
fn say(counted: &str) {
    println!("{counted}");
}
