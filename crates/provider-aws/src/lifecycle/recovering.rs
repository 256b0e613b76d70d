//! Judging what an earlier run left open about types whose objects are known by their names.

use trueup_provider::{Adoption, Intent, Problem, StepKind};

use super::Lifecycle;

/// Whose an object is that was found where an earlier run may have made one.
pub(crate) enum Claim {
    /// It is the one that was to be made.
    Ours,
    /// It is another one, which stands in the way; with what to do about it.
    Anothers(&'static str),
    /// It is another one, and the next plan goes on as if there had been no creation.
    Nobodys,
}

/// Judges one open intent by a look at what its identity names.
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
        (_, Err(error)) => {
            let doing = T::doing("recovering", name.as_deref());
            Adoption::Unclear((T::TOLD)(&doing, &error, None))
        }
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
