//! Changes of a state by hand: what moves where, what is forgotten, what is refused, and who depends on what then.

use trueup_addrs::{ConfigResource, ProviderAddr, ProviderConfigAddr, parse};
use trueup_diagnostics::Diagnostic;
use trueup_operations::state_edit::{
    move_objects, provider_source, refused, remove, resources_of, set_provider, taint, target,
    untaint,
};
use trueup_state::{InstanceState, Object, State};

/// A state of these instances, each needing the block of the one before it.
fn chain(addrs: &[&str]) -> State {
    let mut state = State::new("lineage");
    let provider = ProviderConfigAddr::default_in_root(ProviderAddr::builtin("terraform"));
    let mut above: Option<ConfigResource> = None;
    for text in addrs {
        let addr = parse::abs_instance(text).expect("an address");
        let object = Object {
            dependencies: above.iter().cloned().collect(),
            ..Object::default()
        };
        state.set_instance(&addr, &provider, InstanceState::of(object));
        above = Some(addr.config());
    }
    state
}

/// Each instance with what it needs: `a.b<c.d`.
fn told(state: &State) -> Vec<String> {
    let instances = state.instances().map(|(addr, instance)| {
        let needs = instance.current.iter().flat_map(|one| &*one.dependencies);
        let needs: String = needs.map(|need| format!("<{need}")).collect();
        format!("{addr}{needs}")
    });
    instances.collect()
}

fn summary<T>(done: Result<T, Diagnostic>) -> Result<T, String> {
    done.map_err(|diagnostic| diagnostic.summary)
}

fn moved(state: &mut State, other: Option<&mut State>, from: &str, to: &str) -> Result<(), String> {
    let (from, to) = (
        target(from).expect("a source"),
        target(to).expect("a place"),
    );
    summary(move_objects(state, other, &from, &to)).map(drop)
}

#[test]
fn what_moves_keeps_its_key_and_is_followed_by_what_needs_it() {
    let held = [
        "t.a",
        "t.b[0]",
        "module.m.t.c",
        "module.m.module.n.t.d[\"k\"]",
    ];
    for (from, to, wanted) in [
        (
            "t.a",
            "t.x",
            &[
                "t.b[0]<t.x",
                "t.x",
                "module.m.t.c<t.b",
                "module.m.module.n.t.d[\"k\"]<module.m.t.c",
            ][..],
        ),
        (
            "t.b",
            "module.m.t.b",
            &[
                "t.a",
                "module.m.t.b[0]<t.a",
                "module.m.t.c<module.m.t.b",
                "module.m.module.n.t.d[\"k\"]<module.m.t.c",
            ],
        ),
        (
            "module.m",
            "module.x[\"y\"]",
            &[
                "t.a",
                "t.b[0]<t.a",
                "module.x[\"y\"].t.c<t.b",
                "module.x[\"y\"].module.n.t.d[\"k\"]<module.x.t.c",
            ],
        ),
    ] {
        let mut state = chain(&held);
        assert_eq!(moved(&mut state, None, from, to), Ok(()), "{from}");
        let mut wanted: Vec<&str> = wanted.to_vec();
        let mut told = told(&state);
        wanted.sort_unstable();
        told.sort_unstable();
        assert_eq!(told, wanted, "{from} to {to}");
    }
}

#[test]
fn what_moves_elsewhere_leaves_its_needs_to_those_that_stay() {
    let (mut state, mut other) = (chain(&["t.a", "t.b", "t.c"]), chain(&["t.z"]));
    let done = moved(&mut state, Some(&mut other), "t.b", "module.m.t.b");
    assert_eq!(done, Ok(()));
    assert_eq!(told(&state), ["t.a", "t.c<t.a<t.b"]);
    assert_eq!(told(&other), ["t.z", "module.m.t.b<t.a"]);
}

#[test]
fn moves_that_can_not_be_are_refused() {
    for (from, to, wanted) in [
        ("t.none", "t.x", "Invalid source address"),
        ("t.a[0]", "t.x", "Invalid source address"),
        ("module.none", "module.x", "Invalid source address"),
        ("t.a", "t.b[0]", "Invalid target address"),
        ("t.b", "t.b[1]", "Invalid target address"),
        ("t.b", "t.b", "Invalid target address"),
        ("t.a", "module.x", "Invalid target address"),
        ("module.m", "t.x", "Invalid target address"),
        ("module.m", "module.n", "Invalid target address"),
        ("t.a", "u.a", "Invalid state move request"),
        ("t.a", "data.t.a", "Invalid state move request"),
    ] {
        let mut state = chain(&["t.a", "t.b[0]", "module.m.t.c", "module.n.t.d"]);
        let done = moved(&mut state, None, from, to);
        assert_eq!(done, Err(wanted.to_owned()), "{from} to {to}");
    }
}

#[test]
fn what_is_forgotten_leaves_its_needs_behind() {
    let mut state = chain(&["t.a", "t.b[0]", "t.b[1]", "module.m.t.c"]);
    let targets = |texts: &[&str]| -> Vec<_> {
        let read = texts.iter().map(|text| target(text).expect("a target"));
        read.collect()
    };
    let removed = remove(&mut state, &targets(&["t.b", "t.none"]), true).expect("two objects");
    assert_eq!((removed.len(), state.instances().count()), (2, 4));
    remove(&mut state, &targets(&["t.b"]), false).expect("two objects");
    // The name that is gone stays: its block may come back.
    assert_eq!(told(&state), ["t.a", "module.m.t.c<t.a<t.b"]);
    let nothing = remove(&mut state, &targets(&["t.b"]), false);
    assert_eq!(summary(nothing), Err("Invalid target address".to_owned()));
}

#[test]
fn marks_are_put_on_and_taken_off_what_is_there() {
    let mut state = chain(&["t.a"]);
    let [addr, none] = ["t.a", "t.none"].map(|text| parse::abs_instance(text).expect("an address"));
    assert!(untaint(&mut state, &addr).is_err(), "it has no mark yet");
    assert!(taint(&mut state, &none).is_err());
    taint(&mut state, &addr).expect("an object");
    let object = state.instance(&addr).and_then(|one| one.current.clone());
    assert!(object.is_some_and(|object| object.tainted));
    untaint(&mut state, &addr).expect("a mark");
}

#[test]
fn another_provider_takes_the_resources_of_one() {
    let mut state = chain(&["module.m.t.c", "t.b", "t.a"]);
    let from = provider_source("from", "terraform.io/builtin/terraform").expect("an address");
    let to = provider_source("to", "acme/lab").expect("an address");
    let found = resources_of(&state, &from);
    let names: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["t.a", "t.b", "module.m.t.c"]);
    set_provider(&mut state, &found, &to);
    assert_eq!(resources_of(&state, &to), found);
    assert!(resources_of(&state, &from).is_empty());
    assert!(provider_source("to", "a/b/c/d").is_err());
}

#[test]
fn a_pushed_state_must_come_after_the_stored_one() {
    let version = |lineage: &str, serial: u64, addrs: &[&str]| State {
        lineage: lineage.to_owned(),
        serial,
        ..chain(addrs)
    };
    let stored = version("l", 5, &["t.a"]);
    for (pushed, may) in [
        (version("l", 6, &["t.b"]), true),
        (version("l", 5, &["t.a"]), true),
        (version("l", 5, &["t.b"]), false),
        (version("l", 4, &["t.a"]), false),
        (version("m", 9, &["t.a"]), false),
        (version("", 1, &["t.b"]), true),
    ] {
        assert_eq!(refused(&pushed, Some(&stored)).is_none(), may, "{pushed:?}");
        assert_eq!(refused(&pushed, None), None);
    }
}
