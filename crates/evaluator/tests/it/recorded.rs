//! The recorded cases of `tests/cases`, one file a category: each value, type, unknown part and error place.

use std::path::{Path, PathBuf};

use crate::cases::{Outcome, run};
use crate::world::World;

fn directory(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(name)
}

#[test]
fn every_recorded_case_agrees() {
    let mut world = World::read(&directory("context"));
    let mut files: Vec<PathBuf> = std::fs::read_dir(directory("cases"))
        .expect("the cases are there")
        .map(|entry| entry.expect("the folder can be read").path())
        .collect();
    files.sort();
    let mut differing = Vec::new();
    let mut agreeing = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a case file is text");
        for line in text.lines() {
            match run(&mut world, line) {
                (id, Outcome::Differs(why)) => differing.push(format!("{id}: {why}")),
                _ => agreeing += 1,
            }
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    assert!(agreeing > 1000, "only {agreeing} cases were run");
}
