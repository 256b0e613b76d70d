//! Reading a key: its description, and what takes calls of its own.

use std::sync::Arc;

use trueup_aws::kms::{KeyMetadata, KeyRotation};
use trueup_aws::{Class, Error};
use trueup_value::Value;

use super::model::{Found, to_state};
use super::{Keys, LIMITS};
use crate::failure::if_there;
use crate::lifecycle::{Look, Read};
use crate::members::filled;

/// Whether a key is as good as gone: it can't be used, only waited out.
pub(super) fn is_leaving(key: &KeyMetadata) -> bool {
    matches!(
        key.state.as_deref(),
        Some("PendingDeletion" | "PendingReplicaDeletion")
    )
}

impl Read for Keys {
    type Found = Found;
    type Seen = ();

    fn named(&self, value: &Value) -> Option<String> {
        let id = filled(value, "id").or_else(|| filled(value, "key_id"));
        id.map(str::to_owned)
    }

    /// The key, unless it is gone or on its way out.
    async fn find(&self, value: &Value) -> Look<Found> {
        let id = self.named(value).unwrap_or_default();
        match if_there(self.kms.describe_key(&id).await)? {
            Some(metadata) if !is_leaving(&metadata) => self.besides(metadata).await.map(Some),
            _ => Ok(None),
        }
    }

    fn state(&self, found: &Found, like: Option<&Value>) -> Value {
        to_state(found, &self.tags, like)
    }

    fn private(&self, like: Option<&Value>) -> Arc<[u8]> {
        LIMITS.private_bytes(like)
    }

    fn missing(&self, id: &str) -> Option<String> {
        let region = &self.aws.region;
        Some(format!(
            "There is no KMS key {id:?} in {region}, or it is waiting to be deleted."
        ))
    }
}

impl Keys {
    /// Policy, rotation and tags of a key, asked for at once.
    pub(super) async fn besides(&self, metadata: KeyMetadata) -> Result<Found, Error> {
        let id = metadata.key_id.clone();
        // Only the material that KMS itself makes for symmetric keys is ever renewed.
        let rotates = metadata.spec == "SYMMETRIC_DEFAULT" && metadata.origin == "AWS_KMS";
        let rotation = async {
            if !rotates {
                return Ok(KeyRotation::default());
            }
            match self.kms.get_key_rotation(&id).await {
                Err(error) if is_unsupported(&error) => Ok(KeyRotation::default()),
                other => other,
            }
        };
        let tags = async {
            match self.kms.list_resource_tags(&id).await {
                Err(error) if is_unsupported(&error) => Ok(Default::default()),
                other => other,
            }
        };
        let (policy, rotation, tags) = futures::join!(self.kms.get_key_policy(&id), rotation, tags);
        Ok(Found {
            policy: policy?,
            rotation: rotation?,
            tags: tags?,
            metadata,
        })
    }
}

/// What kinds of keys and emulators do not have is not set.
fn is_unsupported(error: &Error) -> bool {
    error.class() == Class::Unsupported || error.code() == "UnsupportedOperationException"
}
