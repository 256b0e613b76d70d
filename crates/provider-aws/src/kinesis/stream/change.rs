//! Making, changing and deleting a stream: every call begins a change that has to end before the next.

use futures::future::BoxFuture;
use trueup_aws::kinesis::StreamSummary;
use trueup_aws::{Class, Error, Poll};
use trueup_value::Value;

use super::Streams;
use super::model::{Found, creation, is_provisioned, metrics, said_mode, to_state};
use super::schema::RECORD_SIZE;
use crate::members::{filled, flag, text, text_map, whole};
use crate::patience::patiently;
use crate::satellite::{Changes, Run, Satellite as _, known};
use crate::tags::changes;

/// Hours that Kinesis keeps records for unless it is told otherwise.
const DAY: i64 = 24;

/// Whether a refusal goes away by itself: a change under way, or as many streams on their way as AWS
/// allows at once.
fn is_busy(error: &Error) -> bool {
    match error.code() {
        "ResourceInUseException" => !error.message().contains("already exists"),
        "LimitExceededException" => {
            error.class() == Class::Throttled || error.message().contains("simultaneously")
        }
        _ => error.class() == Class::Throttled,
    }
}

/// A stream under change.
struct Work<'a> {
    streams: &'a Streams,
    run: &'a Run<'a>,
    name: &'a str,
}

impl<'a> Work<'a> {
    /// Makes a call, again while the stream is busy, and waits until its change is done.
    async fn change(
        &'a self,
        mut call: impl FnMut() -> BoxFuture<'a, Result<(), Error>> + Send,
    ) -> Result<StreamSummary, Error> {
        self.call(&mut call).await?;
        self.active().await
    }

    async fn call(
        &'a self,
        call: impl FnMut() -> BoxFuture<'a, Result<(), Error>> + Send,
    ) -> Result<(), Error> {
        let what = format!("Kinesis stream {} to accept a change", self.name);
        let (aws, run) = (&self.streams.aws, self.run);
        patiently(aws, run.cx, &what, run.limit, is_busy, call).await
    }

    /// The stream once no change of it is under way.
    async fn active(&'a self) -> Result<StreamSummary, Error> {
        let what = format!("Kinesis stream {} to become ACTIVE", self.name);
        let look = || -> BoxFuture<'a, Result<Poll<StreamSummary>, Error>> {
            Box::pin(async move {
                let found = self.streams.kinesis.describe_stream_summary(self.name);
                let found = found.await?;
                Ok(match found.status.as_str() {
                    "ACTIVE" => Poll::Done(found),
                    "CREATING" | "UPDATING" => Poll::Pending(found.status),
                    _ => Poll::Unexpected(found.status),
                })
            })
        };
        self.run.wait(&self.streams.aws, what, look).await
    }

    /// The stream once it is gone.
    async fn gone(&'a self) -> Result<(), Error> {
        let what = format!("Kinesis stream {} to be deleted", self.name);
        let look = || -> BoxFuture<'a, Result<Poll<()>, Error>> {
            Box::pin(async move {
                let found = self.streams.kinesis.describe_stream_summary(self.name);
                match found.await {
                    Ok(found) if found.status == "DELETING" => Ok(Poll::Pending(found.status)),
                    Ok(found) => Ok(Poll::Unexpected(found.status)),
                    Err(error) if error.is_not_found() => Ok(Poll::Done(())),
                    Err(error) => Err(error),
                }
            })
        };
        self.run.wait(&self.streams.aws, what, look).await
    }
}

/// The key that encrypts the stream of a value, if one does.
fn key(value: &Value) -> Option<&str> {
    let encrypted =
        text(value, "encryption_type").is_some_and(|said| said.eq_ignore_ascii_case("KMS"));
    filled(value, "kms_key_id").filter(|_| encrypted)
}

impl Streams {
    fn work<'a>(&'a self, run: &'a Run<'a>, name: &'a str) -> Work<'a> {
        Work {
            streams: self,
            run,
            name,
        }
    }
}

impl Changes for Streams {
    /// Creates a stream, and gives it what CreateStream takes no part in.
    async fn create(&self, run: &Run<'_>, wanted: &Value) -> Result<Value, Error> {
        let name = text(wanted, "name").unwrap_or_default();
        let work = self.work(run, name);
        let (request, kinesis) = (creation(wanted), &self.kinesis);
        work.call(|| kinesis.create_stream(request.clone())).await?;
        // Its ARN is told by the first look only.
        run.created(known(wanted)).await;
        let mut summary = work.active().await?;
        let mut found = Found {
            summary: summary.clone(),
            ..Found::default()
        };
        run.created(to_state(&found, &self.tags, wanted)).await;
        if let Some(hours) = whole(wanted, "retention_period").filter(|hours| *hours > DAY) {
            summary = work
                .change(|| kinesis.set_retention(name, hours, true))
                .await?;
        }
        let metrics: Vec<String> = metrics(wanted).into_iter().collect();
        if !metrics.is_empty() {
            summary = work
                .change(|| kinesis.set_shard_metrics(name, &metrics, true))
                .await?;
        }
        if let Some(key) = key(wanted) {
            summary = work
                .change(|| kinesis.set_encryption(name, key, true))
                .await?;
        }
        found.tags = self.tags.to_send(&text_map(wanted, "tags"));
        if !found.tags.is_empty() {
            kinesis.tag_stream(name, &found.tags).await?;
        }
        found.summary = summary;
        Ok(to_state(&found, &self.tags, wanted))
    }

    /// Changes a stream, one call after the other.
    async fn update(&self, run: &Run<'_>, prior: &Value, wanted: &Value) -> Result<Value, Error> {
        let name = text(prior, "name").unwrap_or_default();
        let work = self.work(run, name);
        let kinesis = &self.kinesis;
        // A creation that was broken off may still be under way.
        let there = work.active().await?;
        let arn = there.arn.as_str();
        let before = said_mode(prior);
        if let Some(mode) = said_mode(wanted).filter(|mode| before != Some(mode)) {
            work.change(|| kinesis.update_stream_mode(arn, mode))
                .await?;
        }
        let count = |value: &Value| whole(value, "shard_count").filter(|count| *count > 0);
        if let Some(shards) = count(wanted)
            && is_provisioned(wanted)
            && count(prior) != Some(shards)
        {
            work.change(|| kinesis.update_shard_count(name, shards))
                .await?;
        }
        let hours = |value: &Value| whole(value, "retention_period").unwrap_or(DAY);
        let (kept, keep) = (hours(prior), hours(wanted));
        if keep != kept {
            work.change(|| kinesis.set_retention(name, keep, keep > kept))
                .await?;
        }
        if let Some(kib) = whole(wanted, RECORD_SIZE)
            && whole(prior, RECORD_SIZE) != Some(kib)
        {
            work.change(|| kinesis.update_max_record_size(arn, kib))
                .await?;
        }
        let (had, have) = (metrics(prior), metrics(wanted));
        let off: Vec<String> = had.difference(&have).cloned().collect();
        let on: Vec<String> = have.difference(&had).cloned().collect();
        for (metrics, turn) in [(&off, false), (&on, true)] {
            if !metrics.is_empty() {
                work.change(|| kinesis.set_shard_metrics(name, metrics, turn))
                    .await?;
            }
        }
        match (key(prior), key(wanted)) {
            (old, Some(new)) if old != Some(new) => {
                work.change(|| kinesis.set_encryption(name, new, true))
                    .await?;
            }
            (Some(old), None) => {
                work.change(|| kinesis.set_encryption(name, old, false))
                    .await?;
            }
            _ => {}
        }
        let (remove, put) = changes(&self.tags, prior, wanted);
        if !remove.is_empty() {
            kinesis.untag_stream(name, &remove).await?;
        }
        if !put.is_empty() {
            kinesis.tag_stream(name, &put).await?;
        }
        let found = self.look(name).await?;
        // Gone meanwhile: the next refresh says so.
        Ok(found.map_or_else(
            || known(wanted),
            |found| to_state(&found, &self.tags, wanted),
        ))
    }

    /// Deletes a stream, and waits until it is gone.
    async fn delete(&self, run: &Run<'_>, prior: &Value) -> Result<(), Error> {
        let name = text(prior, "name").unwrap_or_default();
        let work = self.work(run, name);
        let consumers = flag(prior, "enforce_consumer_deletion") == Some(true);
        work.call(|| self.kinesis.delete_stream(name, consumers))
            .await?;
        work.gone().await
    }
}
