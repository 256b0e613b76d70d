//! What happens during a run, told while it happens: the planner, the executor and what stands on them
//! report it, views show it.

use std::time::Duration;

use trueup_addrs::AbsInstance;
use trueup_value::Value;

use crate::{Action, DeposedKey};

/// How an object is named to people: the attribute that identifies it, and its value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Identity {
    /// The attribute: `id`, else `name`.
    pub key: &'static str,
    /// Its value.
    pub value: String,
}

impl Identity {
    /// What an object is called: by its `id`, else by its `name`.
    pub fn of(value: &Value) -> Option<Self> {
        ["id", "name"].into_iter().find_map(|key| {
            let text = value.member(key)?.as_str()?;
            (!text.is_empty()).then(|| Self {
                key,
                value: text.to_string(),
            })
        })
    }
}

/// What is being done to an object of the world.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Whose object it is.
    pub addr: AbsInstance,
    /// Set where it is a deposed object of the instance.
    pub deposed: Option<DeposedKey>,
    /// Create, update, delete or read: a replacement is told as its two parts.
    pub action: Action,
    /// What the object is called, where that is known.
    pub identity: Option<Identity>,
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// An object of the state is read again.
    RefreshStarted(Subject),
    /// It has been read.
    RefreshDone(Subject),
    /// A change was begun.
    Started(Subject),
    /// A change is still going on after this long; with what it waits for, where that is known.
    StillGoing(Subject, Duration, Option<String>),
    /// A change was made, in this time.
    Done(Subject, Duration),
    /// A change failed, after this time.
    Failed(Subject, Duration),
    /// A word on how far the run is: counts of changes made and to be made.
    Progress {
        /// Changes made so far.
        done: usize,
        /// Changes in all.
        total: usize,
    },
    /// Something that a person should know while it happens, such as whom the run waits for.
    Notice(String),
}

/// Whoever wants to know.
pub trait Observer: Send + Sync {
    /// Told of each event, in the order in which they happen.
    fn observe(&self, event: Event);
}

/// An observer that wants to know nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {
    fn observe(&self, _event: Event) {}
}
