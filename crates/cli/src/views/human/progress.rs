//! What happens during a run, one line each.

use std::time::Duration;

use trueup_addrs::Mode;
use trueup_plan::{Action, Event, Subject};

use crate::views::{Style, named};

/// The longest id that a line about something still going on shows, in characters.
const MAX_ID: usize = 80;

/// The line for an event; `None` for what is not worth one.
pub fn render(event: &Event, style: Style) -> Option<String> {
    let line = match event {
        Event::RefreshStarted(subject) if is_data(subject) => started(subject, Action::Read),
        Event::RefreshStarted(subject) => {
            format!("{}: Refreshing state...{}", name(subject), id(subject))
        }
        Event::RefreshDone(subject) if is_data(subject) => {
            done(subject, Action::Read, Duration::ZERO)
        }
        Event::RefreshDone(_) | Event::Failed(..) | Event::Progress { .. } => return None,
        Event::Started(subject) => started(subject, subject.action),
        Event::StillGoing(subject, elapsed, awaited) => {
            still_going(subject, *elapsed) + &waits(awaited.as_deref())
        }
        Event::Done(subject, elapsed) => done(subject, subject.action, *elapsed),
        Event::Notice(text) => text.clone(),
    };
    Some(style.bold(line))
}

fn is_data(subject: &Subject) -> bool {
    subject.addr.resource.resource.mode == Mode::Data
}

fn name(subject: &Subject) -> String {
    named(&subject.addr, subject.deposed.as_ref())
}

/// How its identity is written at the end of a line; nothing where it is not known.
pub fn id(subject: &Subject) -> String {
    match &subject.identity {
        Some(identity) => format!(" [{}={}]", identity.key, identity.value),
        None => String::new(),
    }
}

/// The line for a change that begins.
fn started(subject: &Subject, action: Action) -> String {
    let (verb, with_id) = match action {
        Action::Create => ("Creating...", false),
        Action::Delete => ("Destroying...", true),
        Action::Read => ("Reading...", false),
        _ => ("Modifying...", true),
    };
    let id = if with_id { id(subject) } else { String::new() };
    format!("{}: {verb}{id}", name(subject))
}

/// The line for a change that was made.
fn done(subject: &Subject, action: Action, elapsed: Duration) -> String {
    let (noun, with_id) = match action {
        Action::Create => ("Creation", true),
        Action::Delete => ("Destruction", false),
        Action::Read => ("Read", true),
        _ => ("Modifications", true),
    };
    let id = if with_id { id(subject) } else { String::new() };
    let elapsed = duration(elapsed);
    format!("{}: {noun} complete after {elapsed}{id}", subject.addr)
}

/// The line for a change that goes on.
fn still_going(subject: &Subject, elapsed: Duration) -> String {
    let verb = match subject.action {
        Action::Create => "creating",
        Action::Delete => "destroying",
        Action::Read => "reading",
        _ => "modifying",
    };
    let id = match &subject.identity {
        Some(identity) => format!("{}={}, ", identity.key, shortened(&identity.value)),
        None => String::new(),
    };
    let elapsed = duration(elapsed);
    format!("{}: Still {verb}... [{id}{elapsed} elapsed]", name(subject))
}

/// What is waited for, at the end of a line.
pub fn waits(awaited: Option<&str>) -> String {
    awaited.map(|on| format!(" {on}")).unwrap_or_default()
}

/// Whole seconds as `12s`, `1m10s`, `1h0m0s`.
pub fn duration(elapsed: Duration) -> String {
    let seconds = (elapsed.as_millis() + 500) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds}s"),
        (0, minutes) => format!("{minutes}m{seconds}s"),
        (hours, minutes) => format!("{hours}h{minutes}m{seconds}s"),
    }
}

/// A long id with its middle left out.
fn shortened(id: &str) -> String {
    let chars: Vec<char> = id.chars().collect();
    if chars.len() <= MAX_ID {
        return id.to_owned();
    }
    let left = MAX_ID / 2 - 1;
    let right = MAX_ID - left - 3;
    let head: String = chars[..left].iter().collect();
    let tail: String = chars[chars.len() - right..].iter().collect();
    format!("{head}...{tail}")
}
