//! Several processes fight for one state: each serial is written once and nothing is lost. A holder that stood still
//! for longer than its lease can't write over its successor's state or digest.

use std::collections::BTreeSet;
use std::io::Write;
use std::time::{Duration, Instant};

use serde_json::Value;
use trueup_testkit::{Program, Project};

use super::aws::Aws;
use super::say;
use super::scenario::{BUCKET, Keeping, LOCK_TABLE, STATE_KEY};
use crate::bed::{APPLY, Served, read_until, serve, start, trueup, wait_until};

const KEEPINGS: [Keeping; 3] = [Keeping::Table, Keeping::File, Keeping::Both];

#[test]
fn two_processes_fight_for_one_state() {
    fight(Keeping::Both, 2, Duration::from_secs(4));
}

#[test]
#[ignore = "minutes; cargo xtask long fight"]
fn fight_of_two_and_of_eight() {
    for keeping in KEEPINGS {
        for count in [2, 8] {
            fight(keeping, count, Duration::from_secs(60));
        }
    }
}

#[test]
fn a_holder_that_stood_still_overwrites_nothing() {
    stand_still(Keeping::Table, 2);
    stand_still(Keeping::File, 2);
}

#[test]
#[ignore = "minutes; cargo xtask long fight"]
fn fight_with_a_holder_that_stood_still() {
    for keeping in KEEPINGS {
        stand_still(keeping, 60);
    }
}

/// A server with the bucket, which keeps versions, and the lock table.
fn place() -> (Project, Served) {
    let project = Project::new();
    std::fs::create_dir_all(project.path().join(".trueup/local/aws")).expect("a fresh folder");
    let aws = Aws::of(&project);
    aws.ensure_bucket(BUCKET);
    aws.keep_versions(BUCKET);
    aws.ensure_lock_table(LOCK_TABLE);
    drop(aws);
    let served = serve(&project);
    (project, served)
}

/// A folder whose apply adds a turn to the list that the state holds: it reads, under the lock, what it then writes.
fn member(keeping: Keeping, served: &Served) -> (Project, Program) {
    let text = format!(
        r#"
variable "turn" {{ type = string }}
data "terraform_remote_state" "own" {{
  backend = "s3"
  config = {{
    bucket = {BUCKET:?}
    key    = {STATE_KEY:?}
    region = "us-east-1"
  }}
}}
output "turns" {{ value = concat(data.terraform_remote_state.own.outputs.turns, [var.turn]) }}
"#
    );
    run_by(&text, keeping, served)
}

/// Writes the first state, with an empty list.
fn begin(keeping: Keeping, served: &Served) {
    let (_project, program) = run_by("output \"turns\" { value = [] }\n", keeping, served);
    program.run(&APPLY).expect_code(0);
}

fn run_by(text: &str, keeping: Keeping, served: &Served) -> (Project, Program) {
    let project = Project::with(text);
    project.write("backend.tf", &keeping.backend());
    let program = trueup(&project)
        .variable("AWS_ENDPOINT_URL", format!("http://{}", served.address))
        .variable("AWS_ACCESS_KEY_ID", "test")
        .variable("AWS_SECRET_ACCESS_KEY", "test")
        .variable("AWS_REGION", "us-east-1")
        .within(Duration::from_secs(300));
    program.run(&["init", "-input=false"]).expect_code(0);
    (project, program)
}

fn apply(program: &Program, turn: &str) -> trueup_testkit::Finished {
    let turn = format!("-var=turn={turn}");
    let flags = ["-auto-approve", "-input=false", "-lock-timeout=240s"];
    program.run(&[&["apply", &turn][..], &flags].concat())
}

fn fight(keeping: Keeping, count: usize, time: Duration) {
    let (_project, served) = place();
    begin(keeping, &served);
    let members: Vec<_> = (0..count).map(|_| member(keeping, &served)).collect();
    let until = Instant::now() + time;
    let done = std::sync::Mutex::new(BTreeSet::new());
    std::thread::scope(|scope| {
        for (n, (_, program)) in members.iter().enumerate() {
            let done = &done;
            scope.spawn(move || {
                let mut turn = 0;
                while Instant::now() < until {
                    let name = format!("{n}-{turn}");
                    apply(program, &name).expect_code(0);
                    done.lock().expect("nobody panics with it").insert(name);
                    turn += 1;
                }
            });
        }
    });
    let done = done.into_inner().expect("all have ended");
    let state = state(&served);
    let turns: Vec<&str> = state["outputs"]["turns"]["value"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let held: BTreeSet<String> = turns.iter().map(|turn| (*turn).to_owned()).collect();
    assert_eq!(held, done, "an update was lost, or one came from nowhere");
    assert_eq!(turns.len(), done.len(), "each turn was written once");
    let serials = served.serials();
    let wanted: Vec<u64> = (1..=done.len() as u64 + 1).collect();
    assert_eq!(serials, wanted, "each serial was written once");
    served.nothing_is_locked(keeping);
    say(&format!(
        "fight: {count} processes, {keeping:?}, {} s: {} writes, none lost",
        time.as_secs(),
        done.len()
    ));
}

/// The holder is stopped while it asks for approval, another takes the lock over once the lease has lapsed, and then
/// the holder goes on.
fn stand_still(keeping: Keeping, lease: u64) {
    let (_project, served) = place();
    let (_first, holder) = member(keeping, &served);
    let (_second, successor) = member(keeping, &served);
    let with_lease = |program: Program| program.variable("TRUEUP_TEST_LEASE", lease.to_string());
    let (holder, successor) = (with_lease(holder), with_lease(successor));
    begin(keeping, &served);
    apply(&holder, "before").expect_code(0);

    let mut held = start(holder.command(&["apply", "-var=turn=overtaken"]));
    read_until(&mut held, "Enter a value", Duration::from_secs(60));
    signal(held.0.id(), libc::SIGSTOP);
    let taken = apply(&successor, "successor").expect_code(0);
    assert!(
        (taken.stdout.clone() + &taken.stderr).contains("taken over"),
        "{}",
        taken.report()
    );
    let (after, digest) = (state(&served), served.digest());

    signal(held.0.id(), libc::SIGCONT);
    let input = held.0.stdin.as_mut().expect("started with pipes");
    input.write_all(b"yes\n").expect("the holder reads");
    let mut ended = None;
    wait_until("the holder ends", Duration::from_secs(60), || {
        ended = held.0.try_wait().expect("a child of ours");
        ended.is_some()
    });
    let ended = ended.expect("it was waited for");
    assert_eq!(ended.code(), Some(1), "the holder said that all was well");
    assert_eq!(
        state(&served),
        after,
        "the successor's state was overwritten"
    );
    assert_eq!(
        served.digest(),
        digest,
        "the successor's digest was overwritten"
    );
    served.nothing_is_locked(keeping);
    // The state is whole, and goes on.
    apply(&successor, "after").expect_code(0);
    say(&format!(
        "fight: a holder that stood still past its lease of {lease} s, {keeping:?}: nothing overwritten"
    ));
}

fn signal(pid: u32, signal: i32) {
    let pid = i32::try_from(pid).expect("process ids fit");
    #[allow(unsafe_code)]
    // SAFETY: kill takes plain numbers and touches no memory of ours; the process is our child, not yet waited for.
    let sent = unsafe { libc::kill(pid, signal) };
    assert_eq!(sent, 0, "the signal was sent");
}

fn state(served: &Served) -> Value {
    let (code, body) = served.s3("GET", &format!("/{BUCKET}/{STATE_KEY}"), b"");
    assert_eq!(code, 200, "{}", String::from_utf8_lossy(&body));
    serde_json::from_slice(&body).expect("a state is JSON")
}

impl Served {
    /// The serials of all versions of the state, oldest first.
    fn serials(&self) -> Vec<u64> {
        // A minute of writes is more than a page of versions.
        let (mut text, mut from) = (String::new(), String::new());
        loop {
            let path = format!("/{BUCKET}?versions&max-keys=1000{from}");
            let (_, body) = self.s3("GET", &path, b"");
            let page = String::from_utf8_lossy(&body).into_owned();
            let marker = |name: &str| {
                let rest = page.split(&format!("<{name}>")).nth(1)?;
                rest.split('<').next().map(str::to_owned)
            };
            let next = marker("NextKeyMarker").zip(marker("NextVersionIdMarker"));
            text.push_str(&page);
            match next {
                Some((key, id)) => from = format!("&key-marker={key}&version-id-marker={id}"),
                None => break,
            }
        }
        let mut serials: Vec<u64> = text
            .split("<Version>")
            .skip(1)
            .filter(|version| version.contains(&format!("<Key>{STATE_KEY}</Key>")))
            .filter_map(|version| {
                let id = version.split("<VersionId>").nth(1)?.split('<').next()?;
                let path = format!("/{BUCKET}/{STATE_KEY}?versionId={id}");
                let (_, body) = self.s3("GET", &path, b"");
                let state: Value = serde_json::from_slice(&body).ok()?;
                state["serial"].as_u64()
            })
            .collect();
        serials.reverse();
        serials
    }

    fn lock_items(&self) -> Vec<String> {
        self.items(LOCK_TABLE)
    }

    /// The digest item.
    fn digest(&self) -> Option<String> {
        let items = self.lock_items();
        items.into_iter().find(|item| item.contains("-md5"))
    }

    fn nothing_is_locked(&self, keeping: Keeping) {
        let items = self.lock_items();
        let wanted = usize::from(keeping != Keeping::File);
        assert_eq!(items.len(), wanted, "left in the lock table: {items:?}");
        let (code, _) = self.s3("GET", &format!("/{BUCKET}/{STATE_KEY}.tflock"), b"");
        assert_eq!(code, 404, "the lock object is still there");
    }
}
