//! The resource type that a satellite makes: reading by subject, steps, recovery, imports.

use std::collections::BTreeMap;

use futures::StreamExt;
use futures::future::BoxFuture;
use trueup_aws::Error;
use trueup_provider::{
    Adoption, ApplyOutcome, Context, Imported, Intent, Object, PlanRequest, Planned, Problem,
    Problems, Progress, ReadOutcome, ReadRequest, ResourceType, Step, StepKind,
};
use trueup_value::Value;

use super::{Run, Satellite};
use crate::failure::{problem, problem_with_advice};
use crate::rules::{Moment, read_beside, settle};

/// A resource type made of a satellite.
pub(crate) struct Beside<S>(pub(crate) S);

fn doing<S: Satellite>(verb: &str, identity: &BTreeMap<String, String>) -> String {
    let names: Vec<&str> = identity
        .iter()
        .filter(|(name, _)| *name != "region")
        .map(|(_, value)| value.as_str())
        .collect();
    let names = names.join(", ");
    match S::LABEL.split_once("{}") {
        Some((before, after)) => format!("{verb} {before}{names}{after}"),
        None => format!("{verb} {} ({names})", S::LABEL),
    }
}

/// What it is called where nothing is known of the one in question.
fn label<S: Satellite>() -> String {
    S::LABEL.replace(" ({})", "")
}

impl<S: Satellite> Beside<S> {
    async fn read_all(&self, cx: &Context, requests: Vec<ReadRequest>) -> Vec<ReadOutcome> {
        let mut outcomes: Vec<Option<ReadOutcome>> = requests.iter().map(|_| None).collect();
        let mut subjects: BTreeMap<String, Vec<(usize, Object)>> = BTreeMap::new();
        for (position, request) in requests.into_iter().enumerate() {
            let prior = request.prior;
            // Before the first look: what others have to know of it is known when theirs come back.
            self.0.told(&prior.value);
            match self.0.subject(&prior.value) {
                Some(subject) => subjects.entry(subject).or_default().push((position, prior)),
                None => {
                    let doing = doing::<S>("reading", &self.0.identity(&prior.value));
                    let found = Problem::error(
                        format!("{doing}: the state does not say what to look for"),
                        "The object in state lacks the arguments that name it.",
                    );
                    outcomes[position] = Some(ReadOutcome::Failed(found));
                }
            }
        }
        let looks = futures::stream::iter(subjects)
            .map(|(subject, objects)| async move { (self.0.look(&subject).await, objects) })
            .buffered(cx.parallelism.max(1));
        let mut looks = std::pin::pin!(looks);
        while let Some((seen, objects)) = looks.next().await {
            for (position, prior) in objects {
                outcomes[position] = Some(self.outcome(&seen, prior));
            }
        }
        let read = |outcome: Option<ReadOutcome>| outcome.unwrap_or(ReadOutcome::Absent);
        outcomes.into_iter().map(read).collect()
    }

    fn outcome(&self, seen: &Result<Option<S::Seen>, Error>, prior: Object) -> ReadOutcome {
        let like = &prior.value;
        let value = match seen {
            Ok(Some(seen)) => self.0.state(seen, like),
            Ok(None) => self.0.unseen(like),
            Err(error) => {
                let doing = doing::<S>("reading", &self.0.identity(like));
                return ReadOutcome::Failed(problem(&doing, error));
            }
        };
        let Some(value) = value else {
            return ReadOutcome::Absent;
        };
        read_beside(prior, &value)
    }

    async fn step(&self, cx: &Context, step: Step, progress: &dyn Progress) -> ApplyOutcome {
        let value = step
            .planned
            .as_ref()
            .or(step.prior.as_ref().map(|p| &p.value));
        let Some(value) = value else {
            return ApplyOutcome::Done(None, Problems::new());
        };
        let verb = S::verb(step.kind);
        let phase = match step.kind {
            StepKind::Create => "create",
            StepKind::Update => "update",
            StepKind::Delete => "delete",
        };
        let private = self.0.private(value);
        let limit = self.0.limit(value, phase);
        let run = Run::begun(cx, &step.token, limit, progress, private.clone());
        let identity = self.0.identity(value);
        let done = match (step.kind, &step.planned, &step.prior) {
            (StepKind::Create, Some(wanted), _) => self.0.create(&run, wanted).await.map(Some),
            (StepKind::Update, Some(wanted), Some(prior)) => {
                self.0.update(&run, &prior.value, wanted).await.map(Some)
            }
            (StepKind::Delete, _, Some(prior)) => match self.0.delete(&run, &prior.value).await {
                Err(error) if error.is_not_found() => Ok(None),
                other => other.map(|()| None),
            },
            _ => Ok(None),
        };
        let mut problems = run.warnings();
        problems.extend(
            step.config
                .iter()
                .flat_map(|config| self.0.warnings(config)),
        );
        match done {
            Ok(Some(found)) => {
                let value = settle(&found, value, Moment::Apply);
                ApplyOutcome::Done(Some(Object { value, private }), problems)
            }
            Ok(None) => ApplyOutcome::Done(None, problems),
            Err(error) => {
                let doing = doing::<S>(verb, &identity);
                let made = run.made();
                if made.is_none() && error.lost_answer() && step.kind != StepKind::Update {
                    return ApplyOutcome::Unknown(problem(&doing, &error));
                }
                problems.push(match made {
                    Some(_) => problem_with_advice(
                        &doing,
                        &error,
                        "It was made, and stands in state as far as it came. Run again: what is missing is finished then.",
                    ),
                    None => problem(&doing, &error),
                });
                ApplyOutcome::Failed(made.or(step.prior), problems)
            }
        }
    }

    async fn judged(&self, intent: Intent) -> Adoption {
        let doing = doing::<S>("recovering", &intent.identity);
        let judged = match intent.kind {
            // A refresh shows what an update came to; the rest is planned again.
            StepKind::Update => Ok(Adoption::Forget),
            StepKind::Create if intent.in_state.is_some() => Ok(Adoption::Forget),
            StepKind::Create => self.0.made_by(&intent).await.map(|made| match made {
                Some(value) => {
                    let private = self.0.private(&value);
                    Adoption::Adopt(Object { value, private })
                }
                None => Adoption::Forget,
            }),
            StepKind::Delete => {
                let look = async {
                    let like = match &intent.in_state {
                        Some(object) => object.value.clone(),
                        None => self.0.of_identity(&intent.identity).await?,
                    };
                    self.0.found(&like).await
                };
                look.await.map(|found| match found {
                    Some(_) => Adoption::Forget,
                    None => Adoption::Gone,
                })
            }
        };
        judged.unwrap_or_else(|error| Adoption::Unclear(problem(&doing, &error)))
    }

    async fn adopt(&self, id: &str) -> Result<Vec<Imported>, Problem> {
        let like = self
            .0
            .of_id(id)
            .map_err(|form| Problem::error(format!("unexpected format of ID ({id})"), form))?;
        let doing = format!("importing {} ({id})", label::<S>());
        let found = self.0.found(&like).await;
        match found.map_err(|error| problem(&doing, &error))? {
            Some(value) => {
                let private = self.0.private(&value);
                let object = Object { value, private };
                Ok(vec![Imported { object }])
            }
            None => Err(Problem::error(
                "Cannot import non-existent remote object",
                format!(
                    "There is no {} of the id {id:?} in {}. Only objects that exist can be imported; check the id and the provider's region.",
                    label::<S>(),
                    self.0.aws().region
                ),
            )),
        }
    }
}

impl<S: Satellite> ResourceType for Beside<S> {
    fn plan(&self, request: PlanRequest<'_>) -> Planned {
        self.0.plan(&request)
    }

    fn read<'a>(&'a self, cx: &'a Context, request: ReadRequest) -> BoxFuture<'a, ReadOutcome> {
        Box::pin(async move {
            let mut read = self.read_all(cx, vec![request]).await;
            read.pop().unwrap_or(ReadOutcome::Absent)
        })
    }

    fn read_many<'a>(
        &'a self,
        cx: &'a Context,
        requests: Vec<ReadRequest>,
    ) -> BoxFuture<'a, Vec<ReadOutcome>> {
        Box::pin(self.read_all(cx, requests))
    }

    fn left_out(&self, value: &Value) {
        self.0.told(value);
    }

    fn apply<'a>(
        &'a self,
        cx: &'a Context,
        step: Step,
        progress: &'a dyn Progress,
    ) -> BoxFuture<'a, ApplyOutcome> {
        Box::pin(async move { self.step(cx, step, progress).await })
    }

    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        self.0.identity(value)
    }

    fn with_name(&self, planned: &Value, token: &str) -> Option<Value> {
        self.0.with_name(planned, token)
    }

    fn zero_is_unset(&self) -> bool {
        S::ZERO_IS_UNSET
    }

    fn digest(&self, value: &Value) -> String {
        self.0.digest(value)
    }

    fn judge<'a>(&'a self, _cx: &'a Context, intent: Intent) -> BoxFuture<'a, Adoption> {
        Box::pin(self.judged(intent))
    }

    fn import<'a>(
        &'a self,
        _cx: &'a Context,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Imported>, Problem>> {
        Box::pin(self.adopt(id))
    }
}
