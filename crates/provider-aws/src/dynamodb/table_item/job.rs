//! A step on a table item, ready to be sent, and how it came out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use trueup_aws::Item;
use trueup_aws::dynamodb::WriteAction;
use trueup_provider::{ApplyOutcome, Object, Problem, Problems, Step, StepKind};
use trueup_value::Value;

use super::actions::{delete, delete_as_seen, put_new, update};
use super::compare::same_item;
use super::key::fingerprint;
use super::said::Said;
use super::size;

/// One step, ready to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// The step's place in its batch.
    pub(crate) position: usize,
    pub(crate) kind: StepKind,
    /// The item as the plan saw it.
    pub(crate) prior: Option<Said>,
    /// What stands in state of it.
    pub(crate) before: Option<Object>,
    /// The item that is to be.
    pub(crate) wanted: Option<Said>,
    /// What makes a repetition recognisable.
    pub(crate) token: Arc<str>,
    /// One action, or two where the key changes.
    pub(crate) actions: Vec<WriteAction>,
    /// How often it was sent in vain.
    pub(crate) tries: u32,
    /// Whether it was sent once more because a key had become free meanwhile.
    pub(crate) last_chance: bool,
    /// Whether the key that it takes is its own whatever becomes of its change: `prior` and `before` are
    /// the item under that key.
    pub(crate) handed_on: bool,
    /// The jobs that it brings together ([`super::linked`]).
    pub(crate) linked: Vec<Job>,
    /// Whose each action is, by position in `linked`; empty for a job that is just itself.
    owners: Vec<usize>,
}

impl Job {
    /// The job of a step; or its outcome, where nothing has to be sent.
    pub(crate) fn of(position: usize, step: Step) -> Result<Job, ApplyOutcome> {
        let before = step.prior.clone();
        let failed = |problem: Problem| ApplyOutcome::Failed(before.clone(), vec![problem]);
        let prior = match &step.prior {
            Some(prior) => Some(Said::of(&prior.value).map_err(failed)?),
            None => None,
        };
        let wanted = match step.kind {
            StepKind::Delete => None,
            StepKind::Create | StepKind::Update => Some(Said::of(&settled(&step)).map_err(failed)?),
        };
        let actions = match (&prior, &wanted) {
            (None, None) => return Err(ApplyOutcome::Done(None, Problems::new())),
            (_, Some(wanted)) if step.kind == StepKind::Create => vec![put_new(wanted)],
            (None, Some(wanted)) => vec![put_new(wanted)],
            (Some(prior), None) => vec![delete(prior)],
            (Some(prior), Some(wanted)) if moves(prior, wanted) => {
                vec![delete_as_seen(prior), put_new(wanted)]
            }
            (Some(prior), Some(wanted)) if same_item(&prior.item, &wanted.item) => {
                return Err(ApplyOutcome::Done(Some(wanted.object()), Problems::new()));
            }
            (Some(prior), Some(wanted)) => vec![update(prior, wanted)],
        };
        Ok(Job {
            position,
            kind: step.kind,
            prior,
            before,
            wanted,
            token: step.token,
            actions,
            tries: 0,
            last_chance: false,
            handed_on: false,
            linked: Vec::new(),
            owners: Vec::new(),
        })
    }

    /// Several jobs as one; `owners` says whose each action is.
    pub(crate) fn together(linked: Vec<Job>, actions: Vec<WriteAction>, owners: Vec<usize>) -> Job {
        let first = linked.first();
        Job {
            position: first.map_or(0, |job| job.position),
            kind: StepKind::Update,
            prior: None,
            before: None,
            wanted: None,
            token: first.map_or_else(|| Arc::from(""), |job| job.token.clone()),
            actions,
            tries: 0,
            last_chance: false,
            handed_on: false,
            linked,
            owners,
        }
    }

    /// The job as a change in place of the item that `giver` leaves under the key that this one takes.
    pub(crate) fn handed_on(self, giver: &Said) -> Job {
        let Some(wanted) = &self.wanted else {
            return self;
        };
        let prior = Said {
            item: giver.item.clone(),
            text: giver.text.clone(),
            ..wanted.clone()
        };
        let actions = match same_item(&prior.item, &wanted.item) {
            true => Vec::new(),
            false => vec![update(&prior, wanted)],
        };
        Job {
            before: Some(prior.object()),
            prior: Some(prior),
            actions,
            handed_on: true,
            ..self
        }
    }

    /// Its outcome where it was not made, or nobody knows: `otherwise`, unless its key changed hands all
    /// the same.
    pub(crate) fn not_made(
        &self,
        problem: Problem,
        otherwise: fn(Problem) -> ApplyOutcome,
    ) -> ApplyOutcome {
        match self.handed_on {
            true => self.failed(problem),
            false => otherwise(problem),
        }
    }

    /// The jobs whose outcomes it decides: itself, unless it brings others together.
    pub(crate) fn parts(&self) -> &[Job] {
        match self.linked.as_slice() {
            [] => std::slice::from_ref(self),
            linked => linked,
        }
    }

    /// Whose an action is.
    pub(crate) fn owner(&self, action: usize) -> &Job {
        let owner = self.owners.get(action).and_then(|n| self.linked.get(*n));
        owner.unwrap_or(self)
    }

    /// The key that is free after it, as a fingerprint.
    pub(crate) fn gives_up(&self) -> Option<String> {
        let prior = self.prior.as_ref()?;
        match &self.wanted {
            Some(wanted) if !moves(prior, wanted) => None,
            _ => Some(fingerprint(&prior.key)),
        }
    }

    /// The key that must be free before it.
    pub(crate) fn takes(&self) -> Option<String> {
        let wanted = self.wanted.as_ref()?;
        match &self.prior {
            Some(prior) if !moves(prior, wanted) => None,
            _ => Some(fingerprint(&wanted.key)),
        }
    }

    /// The table it is about.
    pub(crate) fn table(&self) -> &str {
        if let Some(first) = self.linked.first() {
            return first.table();
        }
        self.wanted
            .as_ref()
            .or(self.prior.as_ref())
            .map_or("", |said| said.table.as_str())
    }

    /// The keys it touches, as fingerprints.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.parts()
            .iter()
            .flat_map(|job| [job.prior.as_ref(), job.wanted.as_ref()])
            .flatten()
            .map(|said| fingerprint(&said.key))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    }

    /// About how many bytes it takes in a request.
    pub(crate) fn size(&self) -> usize {
        let of = |said: &Option<Said>| said.as_ref().map_or(0, |said| size::of_item(&said.item));
        self.parts()
            .iter()
            .map(|job| of(&job.prior) + of(&job.wanted) + 200)
            .sum()
    }

    /// Its outcome once it took effect.
    pub(crate) fn done(&self) -> ApplyOutcome {
        ApplyOutcome::Done(self.wanted.as_ref().map(Said::object), Problems::new())
    }

    /// Its outcome where nothing changed.
    pub(crate) fn failed(&self, problem: Problem) -> ApplyOutcome {
        ApplyOutcome::Failed(self.before.clone(), vec![problem])
    }

    /// The beginning of messages about it.
    pub(crate) fn doing(&self) -> String {
        let verb = match self.kind {
            StepKind::Create => "creating",
            StepKind::Update => "updating",
            StepKind::Delete => "deleting",
        };
        format!("{verb} DynamoDB Table Item ({})", self.table())
    }

    /// Whether the item under the wanted key, and the one under the old key, show that the step has
    /// taken effect.
    pub(crate) fn has_happened(&self, at_wanted: Option<&Item>, at_prior: Option<&Item>) -> bool {
        match &self.wanted {
            // A move has happened when the old item is gone as well.
            Some(_) if self.gives_up().is_some() && at_prior.is_some() => false,
            Some(wanted) => at_wanted.is_some_and(|item| same_item(item, &wanted.item)),
            None => at_prior.is_none(),
        }
    }

    /// Whether they show that it has not.
    pub(crate) fn has_not_happened(
        &self,
        at_wanted: Option<&Item>,
        at_prior: Option<&Item>,
    ) -> bool {
        match (&self.prior, &self.wanted) {
            (None, _) => at_wanted.is_none(),
            (Some(prior), _) => at_prior.is_some_and(|item| same_item(item, &prior.item)),
        }
    }
}

/// The planned value, with what the plan could not know taken from the configuration.
fn settled(step: &Step) -> Value {
    let config = step.config.as_ref();
    let Some(planned) = &step.planned else {
        return config.cloned().unwrap_or_else(Value::dynamic_null);
    };
    if planned.is_wholly_known() {
        return planned.clone();
    }
    let Some(members) = planned.as_members() else {
        return config.cloned().unwrap_or_else(|| planned.clone());
    };
    let mut members: BTreeMap<Arc<str>, Value> = members.clone();
    for (name, value) in &mut members {
        if !value.is_known()
            && let Some(known) = config.and_then(|config| config.as_members()?.get(name))
        {
            *value = known.clone();
        }
    }
    Value::object(members)
}

fn moves(prior: &Said, wanted: &Said) -> bool {
    prior.table != wanted.table || fingerprint(&prior.key) != fingerprint(&wanted.key)
}
