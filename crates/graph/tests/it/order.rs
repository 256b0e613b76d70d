//! Topological order, cycles, reach and subgraphs.
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use trueup_graph::Graph;

use crate::graph;

#[test]
fn orders_dependencies_first_and_ties_by_key() {
    for (text, want) in [
        ("", ""),
        ("b:\na:\nc:", "a b c"),
        ("a: z\nm:\nz:", "m z a"),
        ("a: b c\nb: d\nc: d\nd:", "d b c a"),
        ("a: b b b\nb:", "b a"),
    ] {
        let order = graph(text).topological_order().expect("no cycle");
        assert_eq!(order.join(" "), want, "{text}");
    }
}

#[test]
fn names_each_cycle_as_a_path() {
    for (text, want) in [
        ("a: a", "a -> a"),
        ("c: a\na: b\nb: c\nd: a", "a -> b -> c -> a"),
        ("a: b\nb: a\nx: y\ny: x", "a -> b -> a; x -> y -> x"),
        ("a: b c\nb: c\nc: a d\nd: c", "a -> c -> a"),
        ("b: b c\nc: b", "b -> b"),
    ] {
        let cycles = graph(text).topological_order().expect_err("a cycle");
        let said: Vec<String> = cycles.iter().map(ToString::to_string).collect();
        assert_eq!(said.join("; "), want, "{text}");
    }
}

#[test]
fn reaches_both_ways_and_cuts_out_subgraphs() {
    let all = graph("a: b\nb: c\nx: c\ny:");
    let a = "a".to_string();
    let c = "c".to_string();
    let reach = |set: BTreeSet<String>| set.into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(reach(all.transitive_dependencies([&a])), "a b c");
    assert_eq!(reach(all.transitive_dependents([&c])), "a b c x");
    assert_eq!(all.dependents(&c), ["b", "x"]);
    assert_eq!(all.dependencies(&a), ["b"]);

    let mut kept = all.clone();
    kept.retain(|k| k != "b");
    assert_eq!((kept.len(), kept.edge_count()), (4, 1));
    kept.add_edge("a".into(), "y".into());
    assert_eq!(
        kept.topological_order().expect("no cycle"),
        ["c", "x", "y", "a"]
    );

    let cut = all.induced(&BTreeSet::from(["a".into(), "b".into(), "gone".into()]));
    assert_eq!((cut.len(), cut.edge_count()), (2, 1));
    assert_eq!(
        all.reversed().topological_order().expect("no cycle"),
        ["a", "b", "x", "c", "y"]
    );
}

#[test]
fn a_chain_and_a_fan_of_100_000_nodes_stay_linear() {
    const N: u32 = 100_000;
    let started = Instant::now();
    let mut chain = Graph::new();
    let mut fan = Graph::new();
    for n in 0..N {
        chain.add_edge(n, n + 1);
        fan.add_edge(N, n);
        fan.add_edge(n, N + 1);
    }
    let order = chain.topological_order().expect("no cycle");
    assert_eq!(order.first(), Some(&N));
    assert_eq!(order.last(), Some(&0));
    let order = fan.topological_order().expect("no cycle");
    assert_eq!((order.first(), order.last()), (Some(&(N + 1)), Some(&N)));
    chain.add_edge(N, 0);
    let cycles = chain.topological_order().expect_err("a cycle");
    assert_eq!(cycles[0].path.len(), N as usize + 1);
    assert_eq!(fan.transitive_dependencies([&N]).len(), N as usize + 2);
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "{:?}",
        started.elapsed()
    );
}
