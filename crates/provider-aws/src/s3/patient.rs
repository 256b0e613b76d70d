//! Calls made again while S3 has not heard of a bucket yet, or is at work on it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use trueup_aws::{Class, Error, Failure};
use trueup_provider::Context;

use crate::connection::Connection;
use crate::patience::patiently;

/// How long news of a change may take to be known everywhere in S3.
pub(crate) const SPREAD: Duration = Duration::from_secs(2 * 60);

/// Another change of the bucket is under way, or a principal of a policy is not known everywhere yet.
pub(super) fn busy(error: &Error) -> bool {
    error.code() == "OperationAborted" || unknown_principal(error)
}

/// The same, or the bucket is not known everywhere yet.
pub(super) fn busy_or_new(error: &Error) -> bool {
    busy(error) || error.code() == "NoSuchBucket"
}

/// What was just made is not seen everywhere yet.
pub(super) fn not_seen(error: &Error) -> bool {
    error.is_not_found()
}

fn unknown_principal(error: &Error) -> bool {
    error.code() == "MalformedPolicy" && error.message().contains("nvalid principal")
}

/// What was just made is not there.
pub(super) fn missing(operation: &str, code: &str, message: String) -> Error {
    Error::Service {
        failure: Box::new(Failure {
            service: "S3".to_owned(),
            operation: operation.to_owned(),
            code: code.to_owned(),
            message,
            status: 404,
            ..Failure::default()
        }),
        class: Class::NotFound,
    }
}

/// Makes a call until it is not refused any more for a reason that `passes`; the embedded AWS knows
/// everything at once. Where time runs out, the error is the last refusal.
pub(super) async fn until<'a, T: Send + 'a>(
    aws: &Connection,
    cx: &Context,
    what: &str,
    limit: Duration,
    passes: fn(&Error) -> bool,
    mut call: impl FnMut() -> BoxFuture<'a, Result<T, Error>> + Send,
) -> Result<T, Error> {
    if aws.session.is_embedded() {
        return call().await;
    }
    let last: Arc<Mutex<Option<Error>>> = Arc::default();
    let kept = Arc::clone(&last);
    let done = patiently(aws, cx, what, limit, passes, move || {
        let (call, kept) = (call(), Arc::clone(&kept));
        Box::pin(async move {
            let answer = call.await;
            if let Err(error) = &answer {
                *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.clone());
            }
            answer
        })
    });
    match done.await {
        Err(error @ Error::TimedOut { .. }) => {
            let last = last.lock().unwrap_or_else(PoisonError::into_inner).take();
            Err(last.unwrap_or(error))
        }
        other => other,
    }
}
