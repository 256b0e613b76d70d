//! Deleting a bucket, with everything in it where `force_destroy` says so.

use trueup_aws::s3::{NotDeleted, ObjectVersion};
use trueup_aws::{Class, Error, Failure};
use trueup_value::Value;

use super::{Buckets, LIMITS};
use crate::members::{filled, flag};
use crate::s3::patient::{busy, until};
use crate::satellite::Run;

impl Buckets {
    /// Deletes the bucket of a value.
    pub(super) async fn end(&self, run: &Run<'_>, prior: &Value) -> Result<(), Error> {
        let name = filled(prior, "id").unwrap_or_default();
        let limit = LIMITS.of(Some(prior), "delete");
        let force = flag(prior, "force_destroy") == Some(true);
        let locked = flag(prior, "object_lock_enabled") == Some(true);
        loop {
            let what = format!("bucket {name} to be deleted");
            let done = until(&self.aws, run.cx, &what, limit, busy, || {
                self.s3.delete_bucket(name)
            })
            .await;
            match done {
                Err(error) if error.code() == "BucketNotEmpty" && force => {
                    if run.cx.cancel.is_cancelled() {
                        return Err(error);
                    }
                    // As long as something goes, it goes on: others may be writing.
                    if self.empty(run, name, "", locked).await? == 0 {
                        return Err(error);
                    }
                }
                Err(error) if error.is_not_found() => return Ok(()),
                other => return other,
            }
        }
    }

    /// Deletes all versions and delete markers under a prefix and tells how many went.
    async fn empty(
        &self,
        run: &Run<'_>,
        name: &str,
        prefix: &str,
        locked: bool,
    ) -> Result<usize, Error> {
        let mut gone = 0;
        loop {
            let page = self.buckets.list_versions(name, prefix).await?;
            if page.is_empty() || run.cx.cancel.is_cancelled() {
                return Ok(gone);
            }
            // Not every store takes versions and markers in one call.
            let (markers, versions): (Vec<_>, Vec<_>) =
                page.into_iter().partition(|version| version.marker);
            for some in [versions, markers] {
                if some.is_empty() {
                    continue;
                }
                let count = some.len();
                let refused = self.delete_all(name, some, locked).await?;
                gone += count - refused.len().min(count);
                if let Some(first) = refused.into_iter().next() {
                    return Err(refusal(&first));
                }
            }
        }
    }

    async fn delete_all(
        &self,
        name: &str,
        versions: Vec<ObjectVersion>,
        locked: bool,
    ) -> Result<Vec<NotDeleted>, Error> {
        let refused = self.buckets.delete_versions(name, versions, locked).await?;
        let mut left: Vec<NotDeleted> = refused
            .into_iter()
            .filter(|one| one.code != "NoSuchKey" && one.code != "NoSuchVersion")
            .collect();
        if !locked || left.is_empty() {
            return Ok(left);
        }
        // A legal hold may be what keeps them: it is taken off, once.
        let (held, others): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|one| one.code == "AccessDenied");
        left = others;
        let mut again = Vec::new();
        for one in held {
            match self.buckets.release_version(name, &one.version).await {
                Ok(()) => again.push(one.version),
                Err(_) => left.push(one),
            }
        }
        if !again.is_empty() {
            left.extend(self.buckets.delete_versions(name, again, locked).await?);
        }
        Ok(left)
    }
}

/// The refusal of one version as an error.
fn refusal(one: &NotDeleted) -> Error {
    Error::Service {
        failure: Box::new(Failure {
            service: "S3".to_owned(),
            operation: "DeleteObjects".to_owned(),
            code: one.code.clone(),
            message: format!(
                "{} (key {:?}, version {:?})",
                one.message, one.version.key, one.version.version_id
            ),
            ..Failure::default()
        }),
        class: match one.code.as_str() {
            "AccessDenied" => Class::AccessDenied,
            _ => Class::Other,
        },
    }
}
