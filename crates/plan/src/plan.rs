//! The plan itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use trueup_addrs::{AbsInstance, Target};
use trueup_provider::Contents;
use trueup_state::{CheckResult, State};
use trueup_value::{Path, Value};

use crate::{Action, OutputChange, ResourceChange, Step};

/// What a plan is made for.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Debug)]
pub enum Mode {
    /// Bring the world to what the configuration says.
    #[default]
    Normal,
    /// Delete all that the state knows.
    Destroy,
    /// Take over into the state what is there now, and change nothing else.
    RefreshOnly,
}

/// The value of a root module variable.
#[derive(Clone, Debug)]
pub struct VariableValue {
    /// The value as given, before conversion to the declared type. Marked where sensitive.
    pub value: Value,
}

/// The configuration text that the plan was made from.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// File contents by path relative to the root module, with `/` between parts. Files of local modules
    /// outside the root begin with `../`.
    pub files: BTreeMap<String, Arc<[u8]>>,
    /// The folder of the root module as diagnostics show it; `.` in most runs.
    pub root: String,
}

/// The backend that the plan was made on: where an apply of the saved plan must go.
#[derive(Clone, Debug)]
pub struct BackendRef {
    /// Its type, such as `s3`.
    pub kind: String,
    /// Its settings as evaluated.
    pub config: Value,
    /// The workspace.
    pub workspace: String,
    /// A digest of the settings, to tell a changed block.
    pub hash: String,
}

/// An attribute that the plan's outcome depended on.
#[derive(Clone, PartialEq, Debug)]
pub struct Relevant {
    /// The resource or, where the reference names one, the instance, by its text.
    pub resource: AbsInstance,
    /// The path within it.
    pub path: Path,
}

/// How many objects a plan adds, changes, destroys, imports and forgets. A replacement counts as an
/// addition and a destruction; moves and reads are not counted.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Counts {
    /// Objects made.
    pub add: usize,
    /// Objects changed in place.
    pub change: usize,
    /// Objects deleted.
    pub destroy: usize,
    /// Objects imported.
    pub import: usize,
    /// Objects that leave the state only.
    pub forget: usize,
}

/// A plan.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What it is made for.
    pub mode: Mode,
    /// The root module's variables that were given a value from outside.
    pub variables: BTreeMap<Arc<str>, VariableValue>,
    /// Which of them are ephemeral: their values are not kept, and must be given again to whoever carries
    /// out the plan.
    pub apply_time_variables: BTreeSet<Arc<str>>,
    /// The `-target` options.
    pub targets: Vec<Target>,
    /// The `-exclude` options.
    pub excludes: Vec<Target>,
    /// The `-replace` options.
    pub replace: Vec<AbsInstance>,
    /// The changes, no-ops included, in the order of [`ResourceChange::sort_key`].
    pub changes: Vec<ResourceChange>,
    /// What changed outside since the last apply, in the same order.
    pub drift: Vec<ResourceChange>,
    /// The attributes that outcomes depended on.
    pub relevant_attributes: Vec<Relevant>,
    /// The changes of the root module's outputs, no-ops included.
    pub outputs: BTreeMap<Arc<str>, OutputChange>,
    /// The changes in an order in which they can be made.
    pub steps: Vec<Step>,
    /// The state refreshed, with moves applied.
    pub prior_state: State,
    /// The state as the last run left it.
    pub prev_run_state: State,
    /// The configuration it was made from.
    pub config: Snapshot,
    /// The backend it was made on; `None` for the implied local one.
    pub backend: Option<BackendRef>,
    /// When it was made: RFC 3339 in UTC, the value of `plantimestamp()`.
    pub timestamp: String,
    /// Whether planning began: false where checks of the configuration before it failed.
    pub began: bool,
    /// Whether an error cut it short.
    pub errored: bool,
    /// Whether it covers all that was asked for.
    pub complete: bool,
    /// Whether there is something to apply.
    pub applyable: bool,
    /// The outcomes of conditions.
    pub checks: Vec<CheckResult>,
    /// The blocks that were written for imported objects that had none.
    pub generated: BTreeMap<AbsInstance, Arc<str>>,
    /// What objects hold that are to be deleted or replaced, where that is known.
    pub contents: BTreeMap<AbsInstance, Contents>,
}

impl Plan {
    /// A plan of nothing, made at `timestamp`.
    pub fn empty(mode: Mode, timestamp: impl Into<String>) -> Self {
        Self {
            mode,
            variables: BTreeMap::new(),
            apply_time_variables: BTreeSet::new(),
            targets: Vec::new(),
            excludes: Vec::new(),
            replace: Vec::new(),
            changes: Vec::new(),
            drift: Vec::new(),
            relevant_attributes: Vec::new(),
            outputs: BTreeMap::new(),
            steps: Vec::new(),
            prior_state: State::new(""),
            prev_run_state: State::new(""),
            config: Snapshot::default(),
            backend: None,
            timestamp: timestamp.into(),
            began: true,
            errored: false,
            complete: true,
            applyable: false,
            checks: Vec::new(),
            generated: BTreeMap::new(),
            contents: BTreeMap::new(),
        }
    }

    /// Whether it covers a part of what was asked for only.
    pub fn is_narrowed(&self) -> bool {
        !self.targets.is_empty() || !self.excludes.is_empty()
    }

    /// Whether applying it would do nothing: no change of an object or output, no move, no import. In
    /// refresh-only mode, whether nothing changed outside and no output changes.
    pub fn is_noop(&self) -> bool {
        !self.has_changes()
    }

    /// What `-detailed-exitcode` calls changes.
    pub fn has_changes(&self) -> bool {
        let outputs = self
            .outputs
            .values()
            .any(|output| output.action != Action::NoOp);
        if self.mode == Mode::RefreshOnly {
            return outputs || !self.drift.is_empty();
        }
        outputs || self.changes.iter().any(ResourceChange::has_effect)
    }

    /// How many objects it adds, changes, destroys, imports and forgets.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for change in &self.changes {
            if change.importing.is_some() {
                counts.import += 1;
            }
            match change.action {
                Action::NoOp | Action::Read => {}
                Action::Create => counts.add += 1,
                Action::Update => counts.change += 1,
                Action::DeleteThenCreate | Action::CreateThenDelete => {
                    counts.add += 1;
                    counts.destroy += 1;
                }
                Action::Delete => counts.destroy += 1,
                Action::Forget => counts.forget += 1,
            }
        }
        counts
    }

    /// What in the plan is to be an infinite number or to hold one: neither a plan file nor a state can
    /// keep it. Names an output or an object.
    pub fn infinite(&self) -> Option<String> {
        let output = self
            .outputs
            .iter()
            .find(|(_, output)| output.after.contains_infinity())
            .map(|(name, _)| format!("output value \"{name}\""));
        output.or_else(|| {
            self.changes
                .iter()
                .find(|change| change.after.contains_infinity())
                .map(|change| change.addr.to_string())
        })
    }

    /// Puts `changes` and `drift` in the order in which plans list them. The planner calls it before it
    /// makes steps, which point at changes by index.
    pub fn sort(&mut self) {
        self.changes
            .sort_by(|left, right| left.sort_key().cmp(&right.sort_key()));
        self.drift
            .sort_by(|left, right| left.sort_key().cmp(&right.sort_key()));
    }
}
