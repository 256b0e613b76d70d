//! The fixtures against emulators that others made: each is started, played against, and stopped.
//!
//! The embedded AWS is not the judge of itself alone. What an emulator can't do stands in `lacks.rs`,
//! by fixture and step, and is listed as skipped.

mod emulator;
pub mod interplay;
mod lacks;
mod play;

use std::{fs, path::Path};

use emulator::{Bed, Emulator};

/// Plays all fixtures against the emulators that are named, or against all of them.
///
/// `arguments` are `--bed NAME` (again for more), `--program NAME=PATH` where an emulator is not on
/// PATH, `--fixture NAME` for one fixture only, and `--binary PATH` for a binary that is built already.
///
/// # Errors
/// What failed, by emulator, fixture and step; an emulator that is not installed and was asked for.
pub fn run(root: &Path, arguments: &[&str]) -> Result<String, String> {
    let asked = Asked::read(arguments)?;
    let binary = match &asked.binary {
        Some(path) => path.into(),
        None => crate::bench::binary(root)?,
    };
    let mut fixtures: Vec<String> = fs::read_dir(root.join("fixtures"))
        .map_err(|error| format!("fixtures: {error}"))?
        .flatten()
        .filter(|entry| entry.path().join("expect.json").is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| asked.fixture.as_ref().is_none_or(|wanted| wanted == name))
        .collect();
    fixtures.sort();
    if fixtures.is_empty() {
        return Err("no such fixture".to_string());
    }
    let mut tally = Tally::named("beds");
    for bed in emulator::BEDS {
        if !asked.wants(bed.name) {
            continue;
        }
        println!("== {}", bed.name);
        for name in &fixtures {
            let called = format!("{} {name}", bed.name);
            if let Some(why) = lacks::whole(bed.name, name) {
                println!("skipped {name}: {why}");
                tally.skipped.push(format!("{called}: {why}"));
                continue;
            }
            // A new one each time: some keep tags of a table that is gone for the next of its name.
            let Some(running) = asked.started(root, bed, &mut tally)? else {
                break;
            };
            let folder = root.join("fixtures").join(name);
            match play::fixture(&binary, &folder, bed.name, name, &running) {
                Ok(skipped) => {
                    println!("passed  {name}");
                    for (step, why) in skipped {
                        println!("skipped {name}, {step}: {why}");
                        tally.skipped.push(format!("{called}, {step}: {why}"));
                    }
                    tally.passed += 1;
                }
                Err(why) => {
                    println!("failed  {name}: {why}");
                    tally.failed.push(called);
                }
            }
        }
    }
    tally.told()
}

/// What came of it all.
struct Tally {
    /// What was played.
    name: &'static str,
    passed: usize,
    failed: Vec<String>,
    skipped: Vec<String>,
}

impl Tally {
    fn named(name: &'static str) -> Self {
        Self {
            name,
            passed: 0,
            failed: Vec::new(),
            skipped: Vec::new(),
        }
    }

    fn told(self) -> Result<String, String> {
        let mut text = format!(
            "{}: {} passed, {} failed, {} skipped",
            self.name,
            self.passed,
            self.failed.len(),
            self.skipped.len()
        );
        for skipped in &self.skipped {
            text.push_str(&format!("\n  skipped: {skipped}"));
        }
        if self.failed.is_empty() {
            return Ok(text);
        }
        for failed in &self.failed {
            text.push_str(&format!("\n  failed: {failed}"));
        }
        Err(text)
    }
}

/// What the command line asks for.
#[derive(Default)]
struct Asked {
    beds: Vec<String>,
    programs: Vec<(String, String)>,
    fixture: Option<String>,
    binary: Option<String>,
}

impl Asked {
    fn read(arguments: &[&str]) -> Result<Self, String> {
        let mut asked = Self::default();
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let value = words
                .next()
                .ok_or(format!("{word} is followed by a value"))?;
            match *word {
                "--bed" if emulator::BEDS.iter().any(|bed| bed.name == *value) => {
                    asked.beds.push((*value).to_string());
                }
                "--bed" => {
                    let known: Vec<&str> = emulator::BEDS.iter().map(|bed| bed.name).collect();
                    return Err(format!("{value} is none of {}", known.join(", ")));
                }
                "--binary" => asked.binary = Some((*value).to_string()),
                "--fixture" => asked.fixture = Some((*value).to_string()),
                "--program" => {
                    let (bed, path) = value
                        .split_once('=')
                        .ok_or("--program is followed by NAME=PATH")?;
                    asked.programs.push((bed.to_string(), path.to_string()));
                }
                other => return Err(format!("unknown argument {other}")),
            }
        }
        Ok(asked)
    }

    /// Whether an emulator takes part: all do where none is named.
    fn wants(&self, bed: &str) -> bool {
        self.beds.is_empty() || self.beds.iter().any(|name| name == bed)
    }

    /// A new emulator; `None`, which the tally tells, where it can't be started and was not asked for by name.
    fn started(
        &self,
        root: &Path,
        bed: &Bed,
        tally: &mut Tally,
    ) -> Result<Option<Emulator>, String> {
        match Emulator::start(root, bed, self.program(bed.name)) {
            Ok(running) => Ok(Some(running)),
            Err(why) if self.beds.is_empty() => {
                println!("skipped: {why}");
                tally.skipped.push(format!("{}: {why}", bed.name));
                Ok(None)
            }
            Err(why) => Err(format!("{}: {why}", bed.name)),
        }
    }

    fn program(&self, bed: &str) -> Option<&str> {
        let given = self.programs.iter().find(|(name, _)| name == bed);
        given.map(|(_, path)| path.as_str())
    }
}
