//! Reading a key: its description, and what takes calls of its own.

use trueup_aws::kms::{KeyMetadata, KeyRotation};
use trueup_aws::{Class, Error};
use trueup_provider::{Imported, Object, Problem, ReadOutcome};
use trueup_value::Value;

use super::model::{Found, to_state};
use super::{Keys, private};
use crate::failure::problem;
use crate::members::filled;
use crate::rules::read_beside;

/// Whether a key is as good as gone: it can't be used, only waited out.
pub(super) fn is_leaving(key: &KeyMetadata) -> bool {
    matches!(
        key.state.as_deref(),
        Some("PendingDeletion" | "PendingReplicaDeletion")
    )
}

impl Keys {
    /// Reads the key again that `prior` tells of.
    pub(super) async fn read_again(&self, prior: Object) -> ReadOutcome {
        let Some(id) = filled(&prior.value, "id").or_else(|| filled(&prior.value, "key_id")) else {
            return ReadOutcome::Failed(Problem::error(
                "reading KMS Key: the state holds no id",
                "The object in state has neither id nor key_id, so there is nothing to look for.",
            ));
        };
        match self.find(id).await {
            Ok(Some(found)) => {
                let value = to_state(&found, &self.tags, Some(&prior.value));
                read_beside(prior, &value)
            }
            Ok(None) => ReadOutcome::Absent,
            Err(error) => ReadOutcome::Failed(problem(&format!("reading KMS Key ({id})"), &error)),
        }
    }

    /// The key of an id, unless it is gone or on its way out.
    pub(super) async fn find(&self, id: &str) -> Result<Option<Found>, Error> {
        let metadata = match self.kms.describe_key(id).await {
            Ok(metadata) => metadata,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        if is_leaving(&metadata) {
            return Ok(None);
        }
        self.besides(metadata).await.map(Some)
    }

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

    /// The whole object of a key as it is now; `like` is what was planned or believed.
    pub(super) fn object(&self, found: &Found, like: Option<&Value>) -> Object {
        Object {
            value: to_state(found, &self.tags, like),
            private: Some(private(like)),
        }
    }

    /// The key of an id, for an import.
    pub(super) async fn adopt(&self, id: &str) -> Result<Vec<Imported>, Problem> {
        let found = self
            .find(id)
            .await
            .map_err(|error| problem(&format!("reading KMS Key ({id})"), &error))?;
        match found {
            Some(found) => Ok(vec![Imported {
                object: self.object(&found, None),
            }]),
            None => Err(Problem::error(
                "Cannot import non-existent remote object",
                format!(
                    "There is no KMS key {id:?} in {}, or it is waiting to be deleted.",
                    self.aws.region
                ),
            )),
        }
    }
}

/// What kinds of keys and emulators do not have is not set.
fn is_unsupported(error: &Error) -> bool {
    error.class() == Class::Unsupported || error.code() == "UnsupportedOperationException"
}
