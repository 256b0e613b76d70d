//! Deleting a bucket, with everything in it where `force_destroy` says so.

use trueup_aws::Error;
use trueup_value::Value;

use super::{Buckets, LIMITS};
use crate::members::{filled, flag};
use crate::s3::patient::{busy, until};
use crate::s3::versions;
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
                    let everything = versions::Which::All;
                    if self.stock.delete(run.cx, name, &everything, locked).await? == 0 {
                        return Err(error);
                    }
                }
                Err(error) if error.is_not_found() => return Ok(()),
                other => return other,
            }
        }
    }
}
