//! The saved plan file: round trips, refusals, size.

use std::io::{Cursor, Write};
use std::time::{Duration, Instant};

use trueup_addrs::InstanceKey;
use trueup_plan::{Action, Mode, Plan, PlanFileError};
use trueup_value::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::sample;

#[test]
fn a_plan_comes_back_as_it_was() {
    let plan = sample::plan();
    let read = Plan::from_bytes(&plan.to_bytes()).expect("it reads back");
    assert_eq!(format!("{plan:#?}"), format!("{read:#?}"));
    assert_eq!(read.to_bytes(), plan.to_bytes());
}

#[test]
fn every_cut_and_every_flipped_byte_is_refused_or_harmless() {
    let bytes = sample::plan().to_bytes();
    for end in 0..bytes.len() {
        assert!(Plan::from_bytes(&bytes[..end]).is_err(), "cut at {end}");
    }
    for at in (0..bytes.len()).step_by(7) {
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x55;
        // Some bytes of a zip mean nothing; none may make it panic.
        let _ = Plan::from_bytes(&bytes);
    }
}

fn archive(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in entries {
        archive
            .start_file(*name, SimpleFileOptions::default())
            .and_then(|()| archive.write_all(text.as_bytes()).map_err(Into::into))
            .expect("writing to memory");
    }
    archive.finish().expect("writing to memory").into_inner()
}

#[test]
fn other_files_are_refused_by_name() {
    let text = |bytes: &[u8]| Plan::from_bytes(bytes).expect_err("refused").to_string();
    assert!(matches!(
        Plan::from_bytes(b"{\"version\":4}"),
        Err(PlanFileError::NotAPlan(_))
    ));
    let foreign = archive(&[("tfplan", "x"), ("tfstate", "{}")]);
    assert_eq!(
        Plan::from_bytes(&foreign).expect_err("refused"),
        PlanFileError::Foreign
    );
    assert!(text(&foreign).contains("saved by Terraform or OpenTofu"));
    assert!(text(&archive(&[("readme", "x")])).contains("not a saved plan"));
    let newer = archive(&[("plan.json", "{\"format\":\"trueup-plan\",\"version\":99}")]);
    assert_eq!(
        Plan::from_bytes(&newer).expect_err("refused"),
        PlanFileError::Newer(99)
    );
    for inside in ["", "{}", "[1", "{\"format\":\"trueup-plan\",\"version\":1}"] {
        let bytes = archive(&[("plan.json", inside)]);
        let _ = Plan::from_bytes(&bytes).expect_err("refused");
    }
}

#[test]
fn steps_point_only_backwards() {
    let mut plan = sample::plan();
    plan.steps[0].needs = vec![1];
    assert!(matches!(
        Plan::from_bytes(&plan.to_bytes()),
        Err(PlanFileError::Damaged(_))
    ));
}

fn large(changes: usize) -> Plan {
    let mut plan = Plan::empty(Mode::Normal, "2026-01-02T03:04:05Z");
    for n in 0..changes {
        let item = format!("{{\"pk\":{{\"S\":\"order-{n}\"}},\"total\":{{\"N\":\"{n}\"}}}}");
        let mut change = sample::change(
            sample::orders(false, InstanceKey::Str(format!("order-{n}").into())),
            if n % 2 == 0 {
                Action::Create
            } else {
                Action::NoOp
            },
        );
        change.after = Value::object_from([
            ("hash_key", Value::from("pk")),
            ("id", Value::from(format!("orders|pk||order-{n}||"))),
            ("item", Value::from(item)),
            ("table_name", Value::from("orders")),
        ]);
        if n % 2 != 0 {
            change.before = change.after.clone();
        }
        plan.changes.push(change);
    }
    plan
}

/// The fastest of a few: other tests run beside this one.
fn written_and_read(changes: usize) -> Duration {
    let plan = large(changes);
    let rounds = (0..5).map(|_| {
        let begun = Instant::now();
        let read = Plan::from_bytes(&plan.to_bytes()).expect("it reads back");
        let took = begun.elapsed();
        assert_eq!(read.changes.len(), changes);
        assert_eq!(read.counts().add, changes / 2);
        took
    });
    rounds.min().unwrap_or_default()
}

#[test]
fn ten_times_as_many_changes_take_about_ten_times_as_long() {
    let (few, many) = (written_and_read(1_000), written_and_read(10_000));
    // A pass that is quadratic takes a hundred times as long, whatever the machine.
    assert!(many < few * 40, "{few:?}, then {many:?}");
}
