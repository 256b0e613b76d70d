//! One sweep: an apply is disturbed at each of its calls in turn; what the next apply leaves is compared with what an
//! undisturbed one leaves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use trueup_testkit::{Finished, Program, Project, difference};

use super::say;
use super::scenario::Scenario;
use crate::bed::{LOCAL_APPLY, LOCAL_PLAN, trueup};

/// What there is after a run: see `World`.
pub type Facts = BTreeMap<String, String>;

/// What is disturbed, and how.
pub struct Sweep {
    /// `kill` or `fault`.
    pub kind: &'static str,
    /// What can happen, where that is part of the sweep's name.
    pub told: String,
    /// The apply.
    pub scenario: Scenario,
    /// What can happen at a call.
    pub ways: Vec<&'static str>,
    /// At so many points, spread over all; at each where no number is given.
    pub sample: Option<usize>,
}

/// What a sweep came to.
pub struct Counts {
    /// At how many points the apply was disturbed.
    pub points: usize,
    /// At how many what was counted happened.
    pub happened: usize,
    /// How many ended otherwise than an undisturbed run.
    pub complaints: usize,
}

/// An apply that is to be disturbed at one call.
pub struct Point<'a> {
    scenario: &'a Scenario,
    wanted: &'a Facts,
    /// The project, a copy of its own.
    pub project: Project,
    program: Program,
    /// The call and what happens to it: `12:before`.
    at: String,
}

impl Point<'_> {
    /// Applies, with a variable that tells the program what is to go wrong at this point.
    pub fn disturbed(&self, variable: &str) -> Finished {
        let program = self.program.clone().variable(variable, &self.at);
        program.run(&LOCAL_APPLY)
    }

    /// What there is now.
    pub fn world(&self) -> Facts {
        self.scenario.world(&self.project, &self.program)
    }

    /// What an undisturbed run leaves.
    pub fn wanted(&self) -> &Facts {
        self.wanted
    }

    /// Applies again, which must end as an undisturbed run.
    pub fn is_finished_by_the_next(&self) -> Result<(), String> {
        self.program.run(&LOCAL_APPLY).with_code(0)?;
        same(self.wanted, &self.world())
    }
}

impl Sweep {
    /// Goes through the points. `disturb` answers whether what is `counted` happened, and how it ended. Complaints are told as
    /// they come.
    pub fn run(
        &self,
        counted: &str,
        disturb: impl Fn(&Point<'_>) -> (bool, Result<(), String>) + Sync,
    ) -> Counts {
        let began = Instant::now();
        let (wanted, calls) = self.undisturbed();
        let all: Vec<(usize, &str)> = (1..=calls.len())
            .flat_map(|number| self.ways.iter().map(move |way| (number, *way)))
            .collect();
        let points = spread(&all, self.sample);
        let happened = AtomicUsize::new(0);
        let complaints = over(&points, |(number, way)| {
            let (project, program) = self.scenario.start();
            let point = Point {
                scenario: &self.scenario,
                wanted: &wanted,
                project,
                program,
                at: format!("{number}:{way}"),
            };
            let (happens, ended) = disturb(&point);
            happened.fetch_add(usize::from(happens), Ordering::Relaxed);
            ended.map_err(|text| {
                let call = calls.get(number - 1).map_or("?", String::as_str);
                let of = calls.len();
                format!("== {way} call {number} of {of}, like {call}\n{text}")
            })
        });
        let happened = happened.into_inner();
        say(&format!(
            "{} sweep: {}{}: {} calls, {} of {} points, {happened} {counted}, {complaints} complaints, {} s",
            self.kind,
            self.scenario.name,
            self.told,
            calls.len(),
            points.len(),
            all.len(),
            began.elapsed().as_secs()
        ));
        Counts {
            points: points.len(),
            happened,
            complaints,
        }
    }

    /// An undisturbed run, after which a plan has nothing to do: what it leaves, and its calls in order, such as
    /// `dynamodb PutItem`.
    fn undisturbed(&self) -> (Facts, Vec<String>) {
        let (project, program) = self.scenario.start();
        let calls = project.home().join("calls");
        program
            .clone()
            .variable("TRUEUP_TEST_CALLS", &calls)
            .run(&LOCAL_APPLY)
            .expect_code(0);
        let calls = std::fs::read_to_string(&calls).expect("the calls were asked for");
        program.run(&LOCAL_PLAN).expect_code(0);
        let wanted = self.scenario.world(&project, &trueup(&project));
        (wanted, calls.lines().map(str::to_owned).collect())
    }
}

/// Two worlds are the same, or it is said what differs: the first few entries.
pub fn same(wanted: &Facts, got: &Facts) -> Result<(), String> {
    let keys: BTreeSet<&String> = wanted.keys().chain(got.keys()).collect();
    let nothing = "(nothing)".to_owned();
    let differing: String = keys
        .into_iter()
        .filter(|key| wanted.get(*key) != got.get(*key))
        .take(3)
        .map(|key| {
            let side = |world: &Facts| world.get(key).unwrap_or(&nothing).clone();
            format!("{key}\n{}", difference(&side(wanted), &side(got)))
        })
        .collect();
    match differing.is_empty() {
        true => Ok(()),
        false => Err(differing),
    }
}

/// Runs `check` over the points on as many threads as there are processors, and tells the complaints; answers how many
/// there were.
fn over<P: Sync>(points: &[P], check: impl Fn(&P) -> Result<(), String> + Sync) -> usize {
    let next = AtomicUsize::new(0);
    let complaints = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(point) = points.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(complaint) = check(point) {
                        complaints.fetch_add(1, Ordering::Relaxed);
                        say(&complaint);
                    }
                }
            });
        }
    });
    complaints.into_inner()
}

/// So many of the points, spread over all; all of them where no number is given.
fn spread<P: Clone>(all: &[P], sample: Option<usize>) -> Vec<P> {
    match sample {
        None => all.to_vec(),
        Some(count) => (0..count)
            .filter_map(|n| all.get(n * (all.len() - 1) / (count - 1)).cloned())
            .collect(),
    }
}
