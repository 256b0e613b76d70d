//! Resources that EC2 describes by their ids: looking at one or many, and waiting for one to come and go.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::BoxFuture;
use trueup_aws::ec2::{Asked, Filter, Ipv6Block};
use trueup_aws::{Error, Poll, PollSettings, poll_until};
use trueup_provider::Context;
use trueup_value::Value;

use super::SEEN;
use crate::connection::Connection;
use crate::failure::if_there;
use crate::lifecycle::{Lifecycle, Look};

/// How many values a filter takes.
const FILTER_VALUES: usize = 200;

/// A type whose objects are described by their ids.
pub(super) trait Described: Lifecycle {
    /// The description of one.
    type One: Clone + Send;
    /// The filter that takes ids.
    const FILTER: &'static str;

    /// The services in its region.
    fn aws(&self) -> &Connection;
    /// Describes what is asked for.
    fn describe<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<Vec<Self::One>, Error>>;
    /// Id, state and IPv6 ranges of one.
    fn parts(one: &Self::One) -> (&str, &str, &[Ipv6Block]);
}

/// What an id names, if it is there.
pub(super) async fn one<T: Described>(kind: &T, id: &str) -> Look<T::One> {
    let found = if_there(kind.describe(Asked::One(id)).await)?;
    Ok(found.and_then(|mut found| found.pop()))
}

/// What many values name, in order: all in as few descriptions as they fit.
pub(super) async fn all<T: Described>(
    kind: &T,
    values: &[&Value],
) -> Result<Vec<Option<T::One>>, Error> {
    let ids: Vec<String> = values
        .iter()
        .filter_map(|value| kind.named(value))
        .collect();
    if let [id] = ids.as_slice() {
        return Ok(vec![one(kind, id).await?]);
    }
    let mut all = BTreeMap::new();
    for some in ids.chunks(FILTER_VALUES) {
        let filters = [Filter::new(T::FILTER, some)];
        let found = kind.describe(Asked::Filtered(&filters)).await?;
        all.extend(found.into_iter().map(|it| (T::parts(&it).0.to_owned(), it)));
    }
    Ok(ids.iter().map(|id| all.get(id).cloned()).collect())
}

/// Looks until a new one is available.
pub(super) async fn available<T: Described>(
    kind: &T,
    cx: &Context,
    id: &str,
    limit: Duration,
) -> Result<T::One, Error> {
    let what = format!("{} {id} to become available", T::NOUN);
    wait(kind, cx, id, what, limit, |found| {
        // A new one is not known everywhere at once.
        let Some(found) = found else {
            return Poll::Pending("unknown".to_owned());
        };
        match T::parts(&found).1.to_owned() {
            state if state == "available" => Poll::Done(found),
            state if state == "pending" => Poll::Pending(state),
            state => Poll::Unexpected(state),
        }
    })
    .await
}

/// Looks until a deleted one is not told of any more.
pub(super) async fn gone<T: Described>(kind: &T, cx: &Context, id: &str) -> Result<(), Error> {
    let what = format!("{} {id} to be gone", T::NOUN);
    wait(kind, cx, id, what, SEEN, |found| match found {
        None => Poll::Done(()),
        Some(found) => Poll::Pending(T::parts(&found).1.to_owned()),
    })
    .await
}

/// Looks until an IPv6 range of it is there (`true`) or gone.
pub(super) async fn range_settled<T: Described>(
    kind: &T,
    cx: &Context,
    id: &str,
    association: &str,
    there: bool,
) -> Result<(), Error> {
    let what = format!("IPv6 CIDR block {association} to settle");
    wait(kind, cx, id, what, SEEN, |found| {
        let ranges = found.iter().flat_map(|found| T::parts(found).2);
        let range = ranges
            .filter(|range| range.association == association)
            .map(|range| range.state.clone())
            .next();
        match range.as_deref() {
            Some("associated") if there => Poll::Done(()),
            Some(bad @ ("failing" | "failed")) => Poll::Unexpected(bad.to_owned()),
            None | Some("disassociated") if !there => Poll::Done(()),
            Some(other) => Poll::Pending(other.to_owned()),
            None => Poll::Pending("unknown".to_owned()),
        }
    })
    .await
}

/// Looks at one until it is as it is waited for.
pub(super) async fn wait<T: Described, R: Send>(
    kind: &T,
    cx: &Context,
    id: &str,
    what: String,
    limit: Duration,
    judge: impl Fn(Option<T::One>) -> Poll<R> + Send + Sync,
) -> Result<R, Error> {
    let settings = PollSettings {
        min_pause: kind.aws().first_pause,
        ..PollSettings::new(what, limit)
    };
    let judge = &judge;
    poll_until(&settings, &cx.cancel, || {
        Box::pin(async move { one(kind, id).await.map(judge) })
    })
    .await
}
