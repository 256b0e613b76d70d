//! Creating, changing and deleting: what is done in which order, and how each step may end.

use trueup_aws::Error;
use trueup_provider::{ApplyOutcome, Object, Problem, Problems, Step, StepKind};
use trueup_value::Value;

use super::reading::nameless;
use super::{Lifecycle, Look, Work};
use crate::failure::{lost, nothing_planned, unread};
use crate::rules::{Moment, settle};

/// Makes the change of a step.
pub(super) async fn made<T: Lifecycle>(kind: &T, work: &Work<'_>, step: Step) -> ApplyOutcome {
    if let Some(found) = kind.obstacle(&step) {
        return ApplyOutcome::Failed(step.prior, vec![found]);
    }
    // Where the plan does not know a value, the configuration does by now.
    match (step.kind, step.planned.or(step.config), step.prior) {
        (StepKind::Create, Some(wanted), _) => create(kind, work, &wanted).await,
        (StepKind::Update, Some(wanted), Some(prior)) => update(kind, work, prior, &wanted).await,
        (StepKind::Delete, _, Some(prior)) => delete(kind, work, prior).await,
        (StepKind::Delete, _, None) => ApplyOutcome::Done(None, Problems::new()),
        (StepKind::Create | StepKind::Update, _, prior) => {
            let doing = T::doing(T::verb(step.kind), None);
            ApplyOutcome::Failed(prior, vec![nothing_planned(&doing)])
        }
    }
}

/// The first call, then what it takes no part in: from the first on the object stands in state.
async fn create<T: Lifecycle>(kind: &T, work: &Work<'_>, wanted: &Value) -> ApplyOutcome {
    let verb = T::verb(StepKind::Create);
    let chosen = kind.chosen(wanted, work.token);
    let first = T::doing(verb, chosen.as_deref());
    let made = match kind.make(work, wanted).await {
        Ok(made) => made,
        Err(error) if !T::made_nothing(&error) => {
            let advice = lost(T::NOUN);
            return ApplyOutcome::Unknown((T::TOLD)(&first, &error, Some(&advice)));
        }
        Err(error) => {
            let advice = kind.advice(&error, wanted);
            let found = (T::TOLD)(&first, &error, advice.as_deref());
            return ApplyOutcome::Failed(None, vec![found]);
        }
    };
    let partial = kind.object(&made, Some(wanted));
    work.progress.created(partial.clone()).await;
    let name = chosen.or_else(|| kind.named(&partial.value));
    let doing = T::doing(verb, name.as_deref());
    match kind.complete(work, &partial.value, wanted).await {
        Ok(seen) => {
            let back = kind.read_back(seen, &partial.value).await;
            finished(kind, &doing, back, wanted, partial)
        }
        Err(error) => {
            let advice = format!(
                "The {} exists and is kept in state. Run again: only what is missing is done then.",
                T::NOUN
            );
            let found = (T::TOLD)(&doing, &error, Some(&advice));
            stopped(kind, found, partial, Some(wanted)).await
        }
    }
}

/// The changes, one after the other: where one fails, those before it stay.
async fn update<T: Lifecycle>(
    kind: &T,
    work: &Work<'_>,
    prior: Object,
    wanted: &Value,
) -> ApplyOutcome {
    let verb = T::verb(StepKind::Update);
    let Some(name) = kind.named(&prior.value) else {
        let found = nameless::<T>(verb, "nothing can be changed");
        return ApplyOutcome::Failed(Some(prior), vec![found]);
    };
    let doing = T::doing(verb, Some(&name));
    match kind.change(work, &prior.value, wanted).await {
        Ok(seen) => {
            let back = kind.read_back(seen, &prior.value).await;
            finished(kind, &doing, back, wanted, prior)
        }
        Err(error) => {
            let advice = "Changes made before this one stay, and stand in state. Run again: only what is missing is done then.";
            let found = (T::TOLD)(&doing, &error, Some(advice));
            stopped(kind, found, prior, None).await
        }
    }
}

async fn delete<T: Lifecycle>(kind: &T, work: &Work<'_>, prior: Object) -> ApplyOutcome {
    let verb = T::verb(StepKind::Delete);
    let Some(name) = kind.named(&prior.value) else {
        let found = nameless::<T>(verb, "nothing can be deleted");
        return ApplyOutcome::Failed(Some(prior), vec![found]);
    };
    let doing = T::doing(verb, Some(&name));
    match kind.end(work, &prior.value).await {
        Ok(()) => ApplyOutcome::Done(None, Problems::new()),
        Err(error) if T::is_gone(&error) => ApplyOutcome::Done(None, Problems::new()),
        Err(error) if error.lost_answer() => ApplyOutcome::Unknown((T::TOLD)(&doing, &error, None)),
        Err(error) => {
            let in_vain = matches!(error, Error::TimedOut { .. });
            let found = (T::TOLD)(&doing, &error, T::IN_THE_WAY.filter(|_| in_vain));
            ApplyOutcome::Failed(Some(prior), vec![found])
        }
    }
}

/// The outcome of a step of which everything was done: the object as it is read, and as it was planned
/// where null and empty are all that differs.
fn finished<T: Lifecycle>(
    kind: &T,
    doing: &str,
    back: Look<T::Found>,
    wanted: &Value,
    fallback: Object,
) -> ApplyOutcome {
    let found = match back {
        Ok(Some(found)) => {
            let mut object = kind.object(&found, Some(wanted));
            object.value = settle(&object.value, wanted, Moment::Apply);
            return ApplyOutcome::Done(Some(object), Problems::new());
        }
        Ok(None) => Problem::error(format!("{doing}: the {} is gone", T::NOUN), T::GONE),
        Err(error) => (T::TOLD)(doing, &error, Some(&unread(T::NOUN))),
    };
    ApplyOutcome::Failed(Some(fallback), vec![found])
}

/// The outcome of a step that stopped halfway: the object as it is now, where it can be read. It keeps
/// the bytes beside it, and is like what was planned (`like`) or what was believed before.
async fn stopped<T: Lifecycle>(
    kind: &T,
    found: Problem,
    mut object: Object,
    like: Option<&Value>,
) -> ApplyOutcome {
    if let Ok(Some(there)) = kind.find(&object.value).await {
        let like = like.unwrap_or(&object.value);
        object.value = kind.state(&there, Some(like));
    }
    ApplyOutcome::Failed(Some(object), vec![found])
}
