//! The scheduler: batches of what is ready now.
use trueup_graph::Scheduler;

use crate::graph;

fn key(text: &str) -> String {
    text.to_string()
}

#[test]
fn hands_out_all_that_is_ready_once() {
    let mut steps = Scheduler::new(&graph("c: a b\nd: b\na:\nb:")).expect("no cycle");
    assert_eq!(steps.ready(), ["a", "b"]);
    assert!(steps.ready().is_empty());
    steps.done(&key("b"));
    assert_eq!(steps.ready(), ["d"]);
    steps.done(&key("c"));
    assert!(
        steps.ready().is_empty(),
        "a node that was not taken cannot be done"
    );
    steps.done(&key("a"));
    assert_eq!(steps.ready(), ["c"]);
    steps.done(&key("d"));
    assert!(!steps.is_finished());
    steps.done(&key("c"));
    assert!(steps.is_finished());
}

#[test]
fn a_failure_skips_what_needs_it_and_says_it_once() {
    let mut steps = Scheduler::new(&graph("c: a b\nd: c\ne: b\na:\nb:")).expect("no cycle");
    steps.ready();
    assert_eq!(steps.failed(&key("a")), ["c", "d"]);
    assert_eq!(steps.failed(&key("a")), Vec::<String>::new());
    steps.done(&key("b"));
    assert_eq!(steps.ready(), ["e"]);
    assert_eq!(steps.open(), 1);
    assert_eq!(steps.failed(&key("e")), Vec::<String>::new());
    assert!(steps.is_finished());
}

#[test]
fn refuses_a_cycle() {
    let cycles = Scheduler::new(&graph("a: b\nb: a")).expect_err("a cycle");
    assert_eq!(cycles[0].to_string(), "a -> b -> a");
}
