//! State in S3 while somebody holds it: who and since when is said, and who waits gets his turn.

use std::{io::Write, time::Duration};

use serde_json::Value;
use trueup_testkit::Project;

use crate::{
    bed::{LOCAL_APPLY, Served, read_until, serve, start, trueup, wait_until},
    tables::{STATE_IN_S3, many_items},
};

#[test]
fn a_held_state_says_who_and_since_when_and_is_waited_for() {
    let project = Project::with(&many_items(3));
    project.write("backend.tf", STATE_IN_S3);
    let served = serve(&project);
    let program = trueup(&project);
    program.run(&LOCAL_APPLY).expect_code(0);
    let first = serial(&served);

    // Asked whether to go on, the first apply holds the lock.
    project.write("main.tf", &many_items(4));
    let mut holder = start(program.command(&["-local", "apply"]));
    read_until(&mut holder, "Enter a value", Duration::from_secs(60));

    let refused = program.run(&LOCAL_APPLY).expect_code(1);
    let said = &refused.stderr;
    for wanted in [
        "Error acquiring the state lock",
        "ID:",
        "Who:",
        "Operation:",
        "OperationTypeApply",
        "Created:",
    ] {
        assert!(said.contains(wanted), "does not say {wanted:?}\n{said}");
    }

    let waiting = [
        "-local",
        "apply",
        "-auto-approve",
        "-input=false",
        "-lock-timeout=60s",
    ];
    let mut waiter = start(program.command(&waiting));
    std::thread::sleep(Duration::from_secs(2));
    assert!(
        waiter.0.try_wait().expect("a child of ours").is_none(),
        "it did not wait"
    );
    assert_eq!(serial(&served), first, "nobody wrote");

    let input = holder.0.stdin.as_mut().expect("started with pipes");
    input.write_all(b"yes\n").expect("the holder reads");
    let ended = holder.0.wait().expect("a child of ours");
    assert!(ended.success(), "the holder ended with {ended}");
    let mut waited = None;
    wait_until("the waiter proceeds", Duration::from_secs(90), || {
        waited = waiter.0.try_wait().expect("a child of ours");
        waited.is_some()
    });
    assert!(
        waited.is_some_and(|status| status.success()),
        "the waiter ended with {waited:?}"
    );
    assert_eq!(
        serial(&served),
        first + 1,
        "an apply under 20 seconds raises the serial by one"
    );
}

#[test]
fn an_interrupt_takes_the_question_back_and_releases_the_lock() {
    let project = Project::with(&many_items(3));
    project.write("backend.tf", STATE_IN_S3);
    let served = serve(&project);
    let program = trueup(&project);
    program.run(&LOCAL_APPLY).expect_code(0);
    project.write("main.tf", &many_items(4));
    let mut asking = start(program.command(&["-local", "apply"]));
    read_until(&mut asking, "Enter a value", Duration::from_secs(60));
    let id = asking.0.id().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-INT", &id])
        .status();
    assert!(sent.is_ok_and(|status| status.success()));
    // Standard input stays open: nobody answers, and nobody closes it.
    wait_until("the apply ends", Duration::from_secs(60), || {
        asking.0.try_wait().ok().flatten().is_some()
    });
    let locks = served.items("state-locks");
    assert!(locks.iter().all(|item| item.contains("-md5")), "{locks:?}");
}

#[test]
fn an_apply_raises_the_serial_by_exactly_one() {
    let project = Project::with(&many_items(250));
    project.write("backend.tf", STATE_IN_S3);
    let served = serve(&project);
    let program = trueup(&project);
    let mut before = None;
    for count in [250, 100, 300] {
        project.write("main.tf", &many_items(count));
        program.run(&LOCAL_APPLY).expect_code(0);
        let serial = serial(&served);
        if let Some(before) = before {
            assert_eq!(serial, before + 1);
        }
        before = Some(serial);
    }
    program.run(&LOCAL_APPLY).expect_code(0);
    assert_eq!(
        Some(serial(&served)),
        before,
        "nothing to do, nothing written"
    );
}

fn serial(served: &Served) -> u64 {
    let (code, body) = served.s3("GET", "/orders-states/orders/terraform.tfstate", b"");
    assert_eq!(code, 200, "{}", String::from_utf8_lossy(&body));
    let state: Value = serde_json::from_slice(&body).expect("a state is JSON");
    state
        .get("serial")
        .and_then(Value::as_u64)
        .expect("a state has a serial")
}
