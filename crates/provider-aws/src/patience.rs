//! A call made again while the reason of its refusal goes away by itself.

use std::time::Duration;

use futures::future::BoxFuture;
use trueup_aws::{Error, Poll, PollSettings, poll_until};
use trueup_provider::Context;

use crate::connection::Connection;

/// Makes a call until it is not refused any more for a reason that `passes`. `what` is awaited, in words
/// for the error of a wait that runs out: `role to be known`. The last refusal is that error's state.
///
/// # Errors
/// Any other refusal at once; [`Error::TimedOut`] after `limit`.
pub(crate) async fn patiently<'a, T: Send + 'a>(
    aws: &Connection,
    cx: &Context,
    what: &str,
    limit: Duration,
    passes: fn(&Error) -> bool,
    mut call: impl FnMut() -> BoxFuture<'a, Result<T, Error>> + Send,
) -> Result<T, Error> {
    let settings = PollSettings {
        min_pause: aws.first_pause,
        ..PollSettings::new(what, limit)
    };
    poll_until(&settings, &cx.cancel, || {
        let call = call();
        Box::pin(async move {
            match call.await {
                Ok(done) => Ok(Poll::Done(done)),
                Err(error) if passes(&error) => Ok(Poll::Pending(error.message().to_owned())),
                Err(error) => Err(error),
            }
        })
    })
    .await
}
