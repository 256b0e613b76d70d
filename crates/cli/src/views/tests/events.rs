//! Events of a run as lines for people and as lines for programs.

use std::time::Duration;

use trueup_addrs::{AbsInstance, InstanceKey, ModuleInstance, Resource};
use trueup_plan::{
    Action, Counts, DeposedKey, Event, Identity, Mode, OutputChange, Plan, State, Subject,
};
use trueup_value::Value;

use super::bodies::{folder, golden};
use crate::views::Style;
use crate::views::human::progress;
use crate::views::json::{self, stream};

const NOW: &str = "2026-01-01T00:00:00.000000Z";

fn subject(action: Action, id: Option<&str>) -> Subject {
    let resource = match action {
        Action::Read => Resource::data("aws_dynamodb_table", "orders"),
        _ => Resource::managed("aws_dynamodb_table", "orders"),
    };
    Subject {
        addr: AbsInstance::in_root(resource, InstanceKey::None),
        deposed: None,
        action,
        identity: id.map(|id| Identity {
            key: "id",
            value: id.to_owned(),
        }),
    }
}

fn events() -> Vec<Event> {
    let long = "o".repeat(100);
    let mut in_module = subject(Action::Update, Some("orders"));
    in_module.addr.key = InstanceKey::Str("eu-west-1".into());
    in_module.addr.resource.module = ModuleInstance::root().child("tables", InstanceKey::Int(0));
    let mut deposed = subject(Action::Delete, Some("orders"));
    deposed.deposed = DeposedKey::parse("e7ebb5f8");
    vec![
        Event::RefreshStarted(subject(Action::Update, Some("orders"))),
        Event::RefreshDone(subject(Action::Update, Some("orders"))),
        Event::Started(subject(Action::Read, None)),
        Event::Done(subject(Action::Read, Some("orders")), Duration::ZERO),
        Event::Started(subject(Action::Create, None)),
        Event::StillGoing(subject(Action::Create, None), Duration::from_secs(10), None),
        Event::Done(
            subject(Action::Create, Some("orders")),
            Duration::from_millis(12_499),
        ),
        Event::Started(in_module.clone()),
        Event::StillGoing(
            in_module.clone(),
            Duration::from_secs(190),
            Some("waiting for index by_status (CREATING, backfilling), 3 of 10 minutes".to_owned()),
        ),
        Event::Done(in_module.clone(), Duration::from_secs(3600)),
        Event::Failed(in_module, Duration::from_millis(1500)),
        Event::StillGoing(
            subject(Action::Update, Some(&long)),
            Duration::from_secs(20),
            None,
        ),
        Event::Started(deposed.clone()),
        Event::Done(deposed, Duration::ZERO),
        Event::Progress { done: 1, total: 2 },
        Event::Notice("Waiting for the lock.".to_owned()),
    ]
}

#[test]
fn events_as_lines() {
    let folder = folder().with_file_name("events");
    let (mut people, mut programs) = (String::new(), String::new());
    for event in events() {
        let line = progress::render(&event, Style::PLAIN);
        people.extend(line.map(|line| line + "\n"));
        programs.extend(stream::event(&event, NOW).map(|line| line + "\n"));
    }
    golden(&folder.join("people.txt"), &people).expect("lines for people are as recorded");
    golden(&folder.join("stream.jsonl"), &programs).expect("the stream is as recorded");
}

#[test]
fn plans_and_results_as_lines() {
    let folder = folder().with_file_name("events");
    let mut plan = Plan::empty(Mode::Normal, NOW);
    let change = OutputChange {
        action: Action::Create,
        before: Value::dynamic_null(),
        after: Value::from("<b>"),
        sensitive: false,
    };
    plan.outputs.insert("name".into(), change);
    let mut lines = vec![stream::version("0.1.0", "1.11.4", NOW)];
    lines.extend(stream::plan(&plan, NOW));
    let counts = Counts {
        add: 1,
        change: 2,
        destroy: 3,
        import: 4,
        forget: 5,
    };
    for operation in [
        stream::Operation::Plan,
        stream::Operation::Apply,
        stream::Operation::Destroy,
    ] {
        lines.push(stream::change_summary(counts, operation, NOW));
    }
    let mut state = State::new("");
    for (name, sensitive) in [("name", false), ("token", true)] {
        let output = trueup_state::Output::new(Value::from("<b>"), sensitive);
        state.outputs.insert(name.into(), output);
    }
    lines.push(stream::outputs(&state, NOW));
    lines.push(json::outputs(&state));
    lines.push(json::output_value(&Value::from("<b>")));
    let text = lines.join("\n") + "\n";
    golden(&folder.join("results.txt"), &text).expect("lines of results are as recorded");
}
