//! What objects depend on stays known while others leave or move, and costs as much as there are edges.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use trueup_addrs::{AbsInstance, ConfigResource, ProviderAddr, ProviderConfigAddr, parse};
use trueup_state::{InstanceState, Left, Object, State};

fn block(name: &str) -> ConfigResource {
    parse::config_resource(&format!("terraform_data.{name}")).expect("an address")
}

fn instance(name: &str) -> AbsInstance {
    parse::abs_instance(&format!("terraform_data.{name}")).expect("an address")
}

/// A state with an object for each name; an instance key may follow it.
fn state(objects: &[(&str, &[&str])]) -> State {
    let mut state = State::new("lineage");
    let provider = ProviderConfigAddr::default_in_root(ProviderAddr::builtin("terraform"));
    for (name, needs) in objects {
        let object = Object {
            dependencies: needs.iter().map(|need| block(need)).collect(),
            ..Object::default()
        };
        state.set_instance(&instance(name), &provider, InstanceState::of(object));
    }
    state
}

fn needs(state: &State, name: &str) -> String {
    let held = state.instance(&instance(name)).expect("the instance");
    let object = held.current.as_ref().expect("an object");
    let names = object
        .dependencies
        .iter()
        .map(|need| need.resource.name.to_string());
    names.collect::<Vec<_>>().join(" ")
}

fn without(state: &mut State, names: &[&str]) {
    let before = state.clone();
    for name in names {
        state.remove_instance(&instance(name)).expect("it is there");
    }
    let left = Left::since(&before, state);
    state.inherit(&left, |_, _| true);
}

#[test]
fn who_stays_depends_on_what_was_below_the_gone() {
    let mut state = state(&[("a", &["b"]), ("b", &["c"]), ("c", &["d"]), ("d", &[])]);
    without(&mut state, &["b"]);
    assert_eq!(needs(&state, "a"), "b c");
    without(&mut state, &["c"]);
    assert_eq!(needs(&state, "a"), "b c d");
}

#[test]
fn several_that_go_at_once_hand_on_all_that_was_below() {
    let mut state = state(&[("a", &["b"]), ("b", &["c"]), ("c", &["d"]), ("d", &[])]);
    without(&mut state, &["b", "c"]);
    assert_eq!(needs(&state, "a"), "b c d");
}

#[test]
fn an_instance_that_goes_hands_on_what_its_siblings_do_not_hold() {
    let mut state = state(&[
        ("a", &["b"]),
        ("b[0]", &["c"]),
        ("b[1]", &["c"]),
        ("b[2]", &["c", "d"]),
    ]);
    without(&mut state, &["b[1]"]);
    assert_eq!(needs(&state, "a"), "b");
    without(&mut state, &["b[2]"]);
    assert_eq!(needs(&state, "a"), "b d");
}

#[test]
fn names_follow_moves() {
    let mut state = state(&[("a", &["b", "z"]), ("c", &["z"]), ("d[1]", &[])]);
    let moved = BTreeMap::from([
        (block("b"), BTreeSet::from([block("c")])),
        (block("z"), BTreeSet::from([block("y")])),
    ]);
    state.follow(&moved, |_, _| true);
    assert_eq!(needs(&state, "a"), "c y");
    assert_eq!(needs(&state, "c"), "y");
    // One of several instances moved: the block keeps the others.
    let mut state = self::state(&[("a", &["d"]), ("d[1]", &[]), ("e", &[])]);
    let moved = BTreeMap::from([(block("d"), BTreeSet::from([block("e")]))]);
    state.follow(&moved, |_, _| true);
    assert_eq!(needs(&state, "a"), "d e");
}

#[test]
fn shared_lists_stay_shared() {
    let mut state = state(&[("a[0]", &["b"]), ("b", &["c"]), ("c", &[])]);
    let held = state.instance(&instance("a[0]")).cloned().expect("a[0]");
    let provider = ProviderConfigAddr::default_in_root(ProviderAddr::builtin("terraform"));
    state.set_instance(&instance("a[1]"), &provider, held);
    without(&mut state, &["b"]);
    let list = |name: &str| {
        let held = state
            .instance(&instance(name))
            .and_then(|held| held.current.as_ref());
        held.map(|object| object.dependencies.clone())
            .expect("an object")
    };
    assert_eq!(needs(&state, "a[1]"), "b c");
    assert!(Arc::ptr_eq(&list("a[0]"), &list("a[1]")));
}

/// All that an object depends on, through the objects in the state.
fn reach(state: &State, name: &str) -> BTreeSet<ConfigResource> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![block(name)];
    while let Some(next) = waiting.pop() {
        for (addr, held) in state.instances() {
            if addr.config() != next {
                continue;
            }
            for (_, object) in held.objects() {
                for need in object.dependencies.iter() {
                    if found.insert(need.clone()) {
                        waiting.push(need.clone());
                    }
                }
            }
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever leaves, in whatever groups: what is left depends on what it did before.
    #[test]
    fn nothing_that_stays_forgets_what_it_depends_on(
        edges in proptest::collection::vec(any::<bool>(), 45),
        order in Just((0..10_usize).collect::<Vec<_>>()).prop_shuffle(),
        groups in proptest::collection::vec(1..4_usize, 5),
    ) {
        let names: Vec<String> = (0..10).map(|n| format!("n{n}")).collect();
        let mut edges = edges.into_iter();
        let mut objects: Vec<(&str, Vec<&str>)> = Vec::new();
        for (n, name) in names.iter().enumerate() {
            let below = names[..n].iter().map(String::as_str);
            objects.push((name, below.filter(|_| edges.next() == Some(true)).collect()));
        }
        let given: Vec<(&str, &[&str])> =
            objects.iter().map(|(name, needs)| (*name, &**needs)).collect();
        let mut state = state(&given);
        let first = state.clone();
        let mut gone = order.iter();
        for size in groups {
            let going: Vec<&str> =
                gone.by_ref().take(size).map(|n| names[*n].as_str()).collect();
            without(&mut state, &going);
            for (addr, _) in state.instances() {
                let name = &*addr.resource.resource.name;
                let before = reach(&first, name);
                let now = reach(&state, name);
                let held = |need: &&ConfigResource| {
                    state.instance(&instance(&need.resource.name)).is_some()
                };
                prop_assert_eq!(
                    before.iter().filter(held).collect::<Vec<_>>(),
                    now.iter().filter(held).collect::<Vec<_>>(),
                    "{}", name
                );
            }
        }
    }
}
