//! Reading a bucket: everything that S3 keeps of it, asked for at once.

use futures::future::join_all;
use trueup_aws::s3::{BucketSetting, Said};
use trueup_aws::{Class, Error};

use super::Buckets;
use super::model::Found;
use crate::failure::if_there;

/// What is read of a bucket.
const SETTINGS: &[BucketSetting] = &[
    BucketSetting::Policy,
    BucketSetting::Acl,
    BucketSetting::Cors,
    BucketSetting::Website,
    BucketSetting::Versioning,
    BucketSetting::Accelerate,
    BucketSetting::RequestPayment,
    BucketSetting::Logging,
    BucketSetting::Lifecycle,
    BucketSetting::Replication,
    BucketSetting::Encryption,
    BucketSetting::ObjectLock,
    BucketSetting::Tagging,
];

/// Whether a store or region does not have a setting.
fn is_unsupported(error: &Error, setting: BucketSetting) -> bool {
    error.class() == Class::Unsupported
        || matches!(error.code(), "MethodNotAllowed" | "XNotImplemented")
        || (setting == BucketSetting::Accelerate && error.code() == "UnsupportedArgument")
}

impl Buckets {
    /// A bucket as S3 tells of it; nothing where it is gone.
    pub(super) async fn find(&self, name: &str) -> Result<Option<Found>, Error> {
        let settings = join_all(SETTINGS.iter().map(|setting| self.one(name, *setting)));
        let (region, settings) = futures::future::join(self.s3.head_bucket(name), settings).await;
        let Some(region) = if_there(region)? else {
            return Ok(None);
        };
        let mut found = Found {
            region: region.unwrap_or_else(|| self.aws.region.clone()),
            ..self.nothing_of(name)
        };
        for (setting, said) in SETTINGS.iter().zip(settings) {
            match said {
                Ok(Some(said)) => {
                    found.settings.insert(*setting, said);
                }
                Ok(None) => {}
                Err(error) if error.code() == "NoSuchBucket" => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(Some(found))
    }

    /// A bucket of which nothing is known but its name.
    pub(super) fn nothing_of(&self, name: &str) -> Found {
        Found {
            name: name.to_owned(),
            region: self.aws.region.clone(),
            partition: self.aws.session.partition(),
            ..Found::default()
        }
    }

    async fn one(&self, name: &str, setting: BucketSetting) -> Result<Option<Said>, Error> {
        match self.buckets.get_setting(name, setting, None).await {
            Ok(said) => Ok(Some(said)),
            Err(error) if error.code() == "NoSuchBucket" => Err(error),
            Err(error) if error.is_not_found() || is_unsupported(&error, setting) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
