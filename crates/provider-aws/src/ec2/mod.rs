//! EC2: VPCs and subnets, and the zones they lie in.

pub(crate) mod availability_zone;
pub(crate) mod availability_zones;
mod block;
mod cidr;
mod filters;
pub(crate) mod subnet;
pub(crate) mod vpc;

use std::collections::BTreeMap;
use std::time::Duration;

use trueup_aws::ec2::{Asked, Ec2, Filter};
use trueup_aws::{Class, Error, Poll, PollSettings, poll_until};
use trueup_provider::{BoxFuture, Context, Problem};
use trueup_value::Value;

use crate::connection::Connection;
use crate::failure::problem_with_request;
use crate::lifecycle::Look;
use crate::tags::{TagPolicy, Tags, changes};

/// How long a new resource may be unknown, a setting may take to be seen, and a deleted one be told of.
const SEEN: Duration = Duration::from_secs(300);

/// How many values a filter takes.
const FILTER_VALUES: usize = 200;

/// Turns the tags of a resource into those that are wanted.
async fn retag(
    ec2: &dyn Ec2,
    policy: &TagPolicy,
    id: &str,
    old: &Value,
    new: &Value,
) -> Result<(), Error> {
    let (remove, put) = changes(policy, old, new);
    if !remove.is_empty() {
        let before = crate::members::text_map(old, "tags_all");
        let leaving: Tags = remove
            .into_iter()
            .map(|key| {
                let value = before.get(&key).cloned().unwrap_or_default();
                (key, value)
            })
            .collect();
        ec2.delete_tags(id, &leaving).await?;
    }
    if !put.is_empty() {
        ec2.create_tags(id, &put).await?;
    }
    Ok(())
}

/// Something is still in what was to be deleted; it may be on its way out.
fn has_dependencies(error: &Error) -> bool {
    error.code() == "DependencyViolation"
}

/// What an emulator or a region does not know is not set.
fn is_unsupported(error: &Error) -> bool {
    error.class() == Class::Unsupported || error.code() == "InvalidAction"
}

/// What there is of many ids, by id: all in as few descriptions as they fit.
async fn look_all<T>(
    ec2: &dyn Ec2,
    ids: &[String],
    filter: &'static str,
    id_of: fn(&T) -> &str,
    describe: for<'a> fn(&'a dyn Ec2, Asked<'a>) -> BoxFuture<'a, Result<Vec<T>, Error>>,
) -> Result<BTreeMap<String, T>, Error> {
    let mut all = BTreeMap::new();
    let mut keep = |found: Vec<T>| {
        all.extend(found.into_iter().map(|it| (id_of(&it).to_owned(), it)));
    };
    if let [id] = ids {
        keep(
            one(describe(ec2, Asked::One(id)).await)?
                .into_iter()
                .collect(),
        );
        return Ok(all);
    }
    for some in ids.chunks(FILTER_VALUES) {
        let filters = [Filter::new(filter, some)];
        keep(describe(ec2, Asked::Filtered(&filters)).await?);
    }
    Ok(all)
}

/// What the description of one id found.
fn one<T>(described: Result<Vec<T>, Error>) -> Look<T> {
    match described {
        Ok(mut found) => Ok(found.pop()),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Looks until a new resource has another state than `pending`.
async fn available<'a, T: Send + 'a>(
    aws: &Connection,
    cx: &Context,
    what: &str,
    limit: Duration,
    state: fn(&T) -> &str,
    mut look: impl FnMut() -> BoxFuture<'a, Look<T>> + Send,
) -> Result<T, Error> {
    let settings = PollSettings {
        min_pause: aws.first_pause,
        ..PollSettings::new(format!("{what} to become available"), limit)
    };
    poll_until(&settings, &cx.cancel, || {
        let look = look();
        Box::pin(async move {
            // A new one is not known everywhere at once.
            let Some(found) = look.await? else {
                return Ok(Poll::Pending("unknown".to_owned()));
            };
            let state = state(&found).to_owned();
            Ok(match state.as_str() {
                "available" => Poll::Done(found),
                "pending" => Poll::Pending(state),
                _ => Poll::Unexpected(state),
            })
        })
    })
    .await
}

/// Looks until a deleted resource is not told of any more.
async fn gone<'a, T: Send + 'a>(
    aws: &Connection,
    cx: &Context,
    what: &str,
    state: fn(&T) -> &str,
    mut look: impl FnMut() -> BoxFuture<'a, Look<T>> + Send,
) -> Result<(), Error> {
    let settings = PollSettings {
        min_pause: aws.first_pause,
        ..PollSettings::new(format!("{what} to be gone"), SEEN)
    };
    poll_until(&settings, &cx.cancel, || {
        let look = look();
        Box::pin(async move {
            Ok(match look.await? {
                None => Poll::Done(()),
                Some(found) => Poll::Pending(state(&found).to_owned()),
            })
        })
    })
    .await
}

/// The problem of a failed call, with a word of advice of its own where there is one.
fn problem_with(doing: &str, error: &Error, advice: Option<&str>) -> Problem {
    problem_with_request(doing, error, advice.unwrap_or_default())
}

/// The problem of a failed call.
fn problem(doing: &str, error: &Error) -> Problem {
    problem_with_request(doing, error, "")
}
