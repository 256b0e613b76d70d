//! Deleting what a bucket holds: versions and delete markers, also those that a lock or a legal hold
//! keeps where that is asked for.

use std::sync::Arc;

use trueup_aws::s3::{NotDeleted, ObjectName, ObjectVersion};
use trueup_aws::{Buckets, Class, Error, Failure, Objects};
use trueup_provider::Context;

use crate::region::Place;

/// Which versions of a bucket.
pub(super) enum Which {
    /// All of them.
    All,
    /// Those of one key.
    Of(String),
}

/// What buckets of a region hold.
pub(super) struct Stock {
    buckets: Arc<dyn Buckets>,
    objects: Arc<dyn Objects>,
}

impl Stock {
    /// What the buckets of a region hold.
    pub(super) fn of(place: &Place) -> Self {
        Self {
            buckets: place.aws.session.buckets(),
            objects: place.aws.session.objects(),
        }
    }

    /// Deletes versions and delete markers and tells how many went. `forced` passes over governance and
    /// takes legal holds off.
    pub(super) async fn delete(
        &self,
        cx: &Context,
        bucket: &str,
        which: &Which,
        forced: bool,
    ) -> Result<usize, Error> {
        let mut gone = 0;
        loop {
            let prefix = match which {
                Which::All => "",
                Which::Of(key) => key.as_str(),
            };
            let mut page = self.buckets.list_versions(bucket, prefix).await?;
            // A key comes before all others that begin with it.
            if let Which::Of(key) = which {
                page.retain(|version| version.key == *key);
            }
            if page.is_empty() || cx.cancel.is_cancelled() {
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
                let refused = self.delete_some(bucket, some, forced).await?;
                gone += count - refused.len().min(count);
                if let Some(first) = refused.into_iter().next() {
                    return Err(refusal(&first));
                }
            }
        }
    }

    async fn delete_some(
        &self,
        bucket: &str,
        versions: Vec<ObjectVersion>,
        forced: bool,
    ) -> Result<Vec<NotDeleted>, Error> {
        let refused = self
            .buckets
            .delete_versions(bucket, versions, forced)
            .await?;
        let gone = |one: &NotDeleted| matches!(one.code.as_str(), "NoSuchKey" | "NoSuchVersion");
        let left = refused.into_iter().filter(|one| !gone(one));
        if !forced {
            return Ok(left.collect());
        }
        // A legal hold may be what keeps them: it is taken off, once.
        let (held, mut left): (Vec<_>, Vec<_>) = left.partition(|one| one.code == "AccessDenied");
        let mut again = Vec::new();
        for one in held {
            let name = ObjectName {
                bucket: bucket.to_owned(),
                key: one.version.key.clone(),
                version_id: Some(one.version.version_id.clone()),
            };
            match self.objects.put_legal_hold(&name, "OFF").await {
                Ok(()) => again.push(one.version),
                Err(_) => left.push(one),
            }
        }
        if !again.is_empty() {
            left.extend(self.buckets.delete_versions(bucket, again, forced).await?);
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
