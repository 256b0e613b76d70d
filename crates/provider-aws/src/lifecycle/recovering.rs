//! Judging what an earlier run left open, by a look at what can have come of it.

use trueup_aws::Error;
use trueup_provider::{Adoption, Context, Intent, Object, Problem, StepKind};

use super::{Lifecycle, Numbered};

/// How much a time of creation may lie before the intent, in seconds: clocks differ.
pub(crate) const CLOCKS: f64 = 60.0;

/// Whose an object is that was found where an earlier run may have made one.
pub(crate) enum Claim {
    /// It is the one that was to be made.
    Ours,
    /// It is another one, which stands in the way; with what to do about it.
    Anothers(String),
    /// It is another one, and the next plan goes on as if there had been no creation.
    Nobodys,
}

/// Judges one open intent about a type whose objects are known by their names.
pub(super) async fn judged<T: Lifecycle>(kind: &T, intent: Intent) -> Adoption {
    let named = kind.of_identity(&intent.identity).await;
    let name = match &named {
        Ok(None) => return Adoption::Forget,
        Ok(Some(value)) => kind.named(value),
        Err(_) => None,
    };
    let found = match named {
        Ok(Some(value)) => kind.find(&value).await,
        Ok(None) => Ok(None),
        Err(error) => Err(error),
    };
    match (intent.kind, found) {
        (_, Err(error)) => unclear::<T>(name.as_deref(), &error),
        (StepKind::Delete, Ok(None)) => Adoption::Gone,
        (StepKind::Create, Ok(Some(found))) if intent.in_state.is_none() => {
            let object = kind.object(&found, None);
            match kind.claim(&object, &found, &intent) {
                Claim::Ours => Adoption::Adopt(object),
                Claim::Nobodys => Adoption::Forget,
                Claim::Anothers(advice) => {
                    let (label, name) = (T::LABEL, name.unwrap_or_default());
                    Adoption::Unclear(Problem::error(
                        format!("{label} ({name}) is not the one that was to be created"),
                        advice,
                    ))
                }
            }
        }
        // A refresh shows what an update came to; the rest is planned again.
        _ => Adoption::Forget,
    }
}

/// Judges one open intent about a type whose ids the service makes. Where the run did not come to know the
/// id, an object that was perhaps made is looked for among its like.
pub(crate) async fn judged_by_id<T: Numbered>(kind: &T, cx: &Context, intent: Intent) -> Adoption {
    match (intent.kind, &intent.in_state) {
        (StepKind::Create, None) => {
            let made = intent.made.as_deref();
            let found = match made.map(|id| kind.of_import_id(id)) {
                Some(Ok(value)) => kind.find(&value).await.map(Vec::from_iter),
                Some(Err(problem)) => return Adoption::Unclear(problem),
                None => kind.look_for(cx, &intent).await,
            };
            match found {
                Ok(found) => the_one(kind, &intent, &found),
                Err(error) => unclear::<T>(made, &error),
            }
        }
        // A refresh shows what an update came to; the rest is planned again.
        (StepKind::Create | StepKind::Update, _) => Adoption::Forget,
        (StepKind::Delete, None) => Adoption::Gone,
        (StepKind::Delete, Some(before)) => match kind.find(&before.value).await {
            Ok(Some(_)) => Adoption::Forget,
            Ok(None) => Adoption::Gone,
            Err(error) => unclear::<T>(kind.named(&before.value).as_deref(), &error),
        },
    }
}

/// What is made of the objects that an earlier run may have created: one is adopted, between several a
/// person decides.
fn the_one<T: Numbered>(kind: &T, intent: &Intent, found: &[T::Found]) -> Adoption {
    let mut objects: Vec<Object> = found.iter().map(|found| kind.object(found, None)).collect();
    if objects.len() > 1 {
        let ids: Vec<String> = objects
            .iter()
            .filter_map(|object| kind.named(&object.value))
            .collect();
        return Adoption::Unclear(Problem::error(
            format!("Several {}s may be the one that was to be created", T::NOUN),
            format!(
                "An earlier run was stopped while it created {}. There are several {}: {}. Bring the right one into state with import, and delete those that nobody needs.",
                intent.address,
                kind.alike(),
                ids.join(", ")
            ),
        ));
    }
    objects.pop().map_or(Adoption::Forget, Adoption::Adopt)
}

fn unclear<T: Lifecycle>(name: Option<&str>, error: &Error) -> Adoption {
    Adoption::Unclear((T::TOLD)(&T::doing("recovering", name), error, None))
}
