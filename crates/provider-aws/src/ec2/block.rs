//! IPv6 ranges of VPCs and subnets: which one counts, and waiting for them to come and go.

use futures::future::BoxFuture;
use trueup_aws::ec2::Ipv6Block;
use trueup_aws::{Error, Poll, PollSettings, poll_until};
use trueup_provider::Context;

use super::SEEN;
use crate::connection::Connection;

/// The range that an object is about: the one it had, if that is still there, else the first.
pub(super) fn current<'b>(blocks: &'b [Ipv6Block], before: &str) -> Option<&'b Ipv6Block> {
    let mut there = blocks
        .iter()
        .filter(|block| matches!(block.state.as_str(), "associated" | "associating" | ""));
    let first = there.clone().next();
    there.find(|block| block.association == before).or(first)
}

/// Waits until a range is there (`true`) or gone. `look` tells the ranges of the object.
///
/// # Errors
/// Those of `look`; [`Error::UnexpectedState`] where the service failed; [`Error::TimedOut`].
pub(super) async fn settled<'a>(
    aws: &Connection,
    cx: &Context,
    association: &str,
    there: bool,
    mut look: impl FnMut() -> BoxFuture<'a, Result<Vec<Ipv6Block>, Error>> + Send,
) -> Result<(), Error> {
    let settings = PollSettings {
        min_pause: aws.first_pause,
        ..PollSettings::new(format!("IPv6 CIDR block {association} to settle"), SEEN)
    };
    let association = association.to_owned();
    poll_until(&settings, &cx.cancel, move || {
        let looked = look();
        let association = association.clone();
        Box::pin(async move {
            let blocks = looked.await?;
            let state = blocks
                .iter()
                .find(|block| block.association == association)
                .map(|block| block.state.clone());
            Ok(match state.as_deref() {
                Some("associated") if there => Poll::Done(()),
                Some(bad @ ("failing" | "failed")) => Poll::Unexpected(bad.to_owned()),
                None | Some("disassociated") if !there => Poll::Done(()),
                Some(other) => Poll::Pending(other.to_owned()),
                None => Poll::Pending("unknown".to_owned()),
            })
        })
    })
    .await
}
