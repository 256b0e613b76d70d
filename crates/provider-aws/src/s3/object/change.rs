//! Writing, changing and deleting an object.

use trueup_aws::Error;
use trueup_aws::s3::Retention;
use trueup_provider::same_but_for_zero;
use trueup_value::Value;

use super::model::{Found, policy_for};
use super::schema::CONTENT;
use super::{Objects, content};
use crate::members::{filled, flag, member, text_map};
use crate::rfc3339;
use crate::s3::patient::{SPREAD, busy, busy_or_new, missing, not_seen, until};
use crate::s3::versions::Which;
use crate::satellite::{Changes, Run};
use crate::tags::{Tags, changes};

/// Seconds since 1970, of a date that was checked before.
fn seconds(date: Option<&str>) -> Option<i64> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "dates of the calendar fit seconds of 64 bits"
    )]
    date.and_then(rfc3339::read).map(|seconds| seconds as i64)
}

impl Objects {
    fn tags_of(&self, wanted: &Value) -> Tags {
        policy_for(&self.tags, wanted).to_send(&text_map(wanted, "tags"))
    }

    async fn write(&self, run: &Run<'_>, wanted: &Value, new: bool) -> Result<(), Error> {
        let name = Self::name(wanted);
        let bytes = self.files.bytes(wanted).await?;
        let headers = content::headers(wanted, &self.tags_of(wanted));
        let what = format!("bucket {} to accept objects", name.bucket);
        let passes = if new { busy_or_new } else { busy };
        until(&self.aws, run.cx, &what, SPREAD, passes, || {
            self.objects.write(&name, headers.clone(), bytes.clone())
        })
        .await
        .map(drop)
    }

    /// The object as it is now: it was just written, so that it has to be there.
    async fn again(&self, run: &Run<'_>, wanted: &Value) -> Result<Value, Error> {
        let name = &Self::name(wanted);
        let checksums = filled(wanted, "checksum_algorithm").is_some();
        let what = format!("the object {} to be seen", name.key);
        let found = until(&self.aws, run.cx, &what, SPREAD, not_seen, || {
            Box::pin(async move {
                match self.find(name, checksums).await? {
                    Some(found) => Ok(found),
                    None => Err(missing(
                        "HeadObject",
                        "NotFound",
                        format!("The object {} does not exist", name.key),
                    )),
                }
            })
        })
        .await?;
        Ok(self.to_state(&found, wanted))
    }
}

impl Changes for Objects {
    /// Writes the object of a step.
    async fn create(&self, run: &Run<'_>, wanted: &Value) -> Result<Value, Error> {
        self.write(run, wanted, true).await?;
        run.created(self.to_state(&Found::default(), wanted)).await;
        self.again(run, wanted).await
    }

    /// Changes an object: its bytes and what goes with them are written anew, the rest in place.
    async fn update(&self, run: &Run<'_>, prior: &Value, wanted: &Value) -> Result<Value, Error> {
        let differs = |name: &str| {
            let nothing = Value::dynamic_null();
            let of = |value| member(value, name).cloned().unwrap_or(nothing.clone());
            !same_but_for_zero(&of(prior), &of(wanted))
        };
        if CONTENT.iter().any(|name| differs(name)) {
            self.write(run, wanted, false).await?;
            return self.again(run, wanted).await;
        }
        let name = Self::name(wanted);
        if differs("acl")
            && let Some(acl) = filled(wanted, "acl")
        {
            self.objects.put_acl(&name, acl).await?;
        }
        if differs("object_lock_legal_hold_status") {
            let status = filled(wanted, "object_lock_legal_hold_status").unwrap_or("OFF");
            self.objects.put_legal_hold(&name, status).await?;
        }
        if differs("object_lock_mode") || differs("object_lock_retain_until_date") {
            let until = |value| seconds(filled(value, "object_lock_retain_until_date"));
            let retention = Retention {
                mode: filled(wanted, "object_lock_mode").map(str::to_owned),
                until: until(wanted),
                // Only who passes over governance may cut a term short.
                bypass: until(wanted) < until(prior),
            };
            self.objects.put_retention(&name, retention).await?;
        }
        let policy = policy_for(&self.tags, wanted);
        let (removed, put) = changes(&policy, prior, wanted);
        if !removed.is_empty() || !put.is_empty() {
            // All tags are put at once: those of others stay.
            let mut tags = self.objects.tags(&name).await?;
            tags.retain(|key, _| !removed.contains(key));
            tags.extend(put);
            self.objects.put_tags(&name, &tags).await?;
        }
        self.again(run, wanted).await
    }

    /// Deletes an object, with all its versions where the state knows of one.
    async fn delete(&self, run: &Run<'_>, prior: &Value) -> Result<(), Error> {
        let name = Self::name(prior);
        let force = flag(prior, "force_destroy") == Some(true);
        if filled(prior, "version_id").is_some() {
            let which = Which::Of(name.key.clone());
            let gone = self.stock.delete(run.cx, &name.bucket, &which, force);
            return gone.await.map(drop);
        }
        let request = trueup_aws::s3::DeleteObject {
            bucket: name.bucket,
            key: name.key,
            ..Default::default()
        };
        self.aws.session.s3().delete_object(request).await
    }
}
