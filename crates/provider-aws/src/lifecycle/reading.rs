//! Reading objects again, and finding those that an import names.

use trueup_provider::{Context, Imported, Object, Problem, ReadOutcome, ReadRequest};
use trueup_value::Value;

use super::{Lifecycle, Look};
use crate::rules::read_beside;

/// Reads many objects again, answers in order.
pub(super) async fn read_all<T: Lifecycle>(
    kind: &T,
    cx: &Context,
    requests: Vec<ReadRequest>,
) -> Vec<ReadOutcome> {
    let priors: Vec<Object> = requests.into_iter().map(|request| request.prior).collect();
    let named: Vec<&Value> = priors
        .iter()
        .map(|prior| &prior.value)
        .filter(|value| kind.named(value).is_some())
        .collect();
    let looks = match named.is_empty() {
        true => Ok(Vec::new()),
        false => kind.find_all(cx, &named).await,
    };
    let mut looks = looks.map(Vec::into_iter);
    let outcome = |prior: Object| {
        let Some(name) = kind.named(&prior.value) else {
            let found = nameless::<T>("reading", "there is nothing to look for");
            return ReadOutcome::Failed(found);
        };
        let look = match &mut looks {
            Ok(looks) => looks.next().unwrap_or(Ok(None)),
            Err(error) => Err(error.clone()),
        };
        read_as(kind, &name, look, prior)
    };
    priors.into_iter().map(outcome).collect()
}

fn read_as<T: Lifecycle>(kind: &T, name: &str, look: Look<T::Found>, prior: Object) -> ReadOutcome {
    match look {
        Ok(Some(found)) => {
            let value = kind.state(&found, Some(&prior.value));
            read_beside(prior, &value)
        }
        Ok(None) => ReadOutcome::Absent,
        // It went between two calls.
        Err(error) if error.is_not_found() => ReadOutcome::Absent,
        Err(error) => {
            let doing = T::doing("reading", Some(name));
            ReadOutcome::Failed((T::TOLD)(&doing, &error, None))
        }
    }
}

/// The object of an import id.
pub(super) async fn imported<T: Lifecycle>(kind: &T, id: &str) -> Result<Vec<Imported>, Problem> {
    let value = kind.of_import_id(id)?;
    let doing = T::doing("reading", kind.named(&value).as_deref());
    let found = kind.find(&value).await;
    let found = found.map_err(|error| (T::TOLD)(&doing, &error, None))?;
    match (found, kind.missing(id)) {
        (Some(found), _) => Ok(vec![Imported {
            object: kind.object(&found, None),
        }]),
        (None, None) => Ok(Vec::new()),
        (None, Some(detail)) => Err(Problem::error(
            "Cannot import non-existent remote object",
            detail,
        )),
    }
}

/// The problem of an object in state that does not say which one it is.
pub(super) fn nameless<T: Lifecycle>(verb: &str, so: &str) -> Problem {
    Problem::error(
        format!("{}: the state holds no id", T::doing(verb, None)),
        format!("The object in state lacks the arguments that name it, so {so}."),
    )
}
