//! Making what states are stored in: the bucket and the lock table. The embedded AWS gets both on first
//! use; elsewhere a person is asked first, and the bucket is closed, encrypted and versioned.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use trueup_aws::dynamodb::{AttributeDefinition, CreateTable, KeyElement};
use trueup_aws::s3::{BucketSetting, CreateBucket, Encryption, Said};
use trueup_aws::xml::Element;
use trueup_aws::{Poll, PollSettings, poll_until};

use super::S3Backend;
use crate::Error;

/// How long a table may take to become active.
const TABLE_PATIENCE: Duration = Duration::from_secs(600);
/// How long a new bucket may take to be known everywhere.
const BUCKET_PATIENCE: Duration = Duration::from_secs(120);
/// The four switches of a block on public access.
const SWITCHES: [&str; 4] = [
    "BlockPublicAcls",
    "IgnorePublicAcls",
    "BlockPublicPolicy",
    "RestrictPublicBuckets",
];

/// Something that the storage of states lacks, in the order in which it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// The bucket.
    Bucket,
    /// The bucket does not keep the public out.
    PublicAccessBlock,
    /// The bucket does not encrypt by itself, or not with the key of the settings.
    Encryption,
    /// The bucket does not keep former versions of states.
    Versioning,
    /// The lock table.
    LockTable,
}

impl S3Backend {
    /// Makes the bucket and the lock table if they are not there: what `-local` does on first use.
    ///
    /// # Errors
    /// What AWS answers.
    pub async fn ensure_store(&self) -> Result<(), Error> {
        if !self.has_bucket().await? {
            self.make(Lack::Bucket).await?;
            // Former states are kept, as they are in a bucket that was made with care.
            self.make(Lack::Versioning).await?;
        }
        match &self.settings.dynamodb_table {
            Some(name) => self.table(name).await,
            None => Ok(()),
        }
    }

    /// What is to be made before states can be stored safely.
    ///
    /// # Errors
    /// What AWS answers, and [`Error::Setting`] for a table that cannot hold locks.
    pub async fn lacks(&self) -> Result<Vec<Lack>, Error> {
        let mut lacks = Vec::new();
        if !self.has_bucket().await? {
            lacks.extend([
                Lack::Bucket,
                Lack::PublicAccessBlock,
                Lack::Encryption,
                Lack::Versioning,
            ]);
        } else {
            let block = self.setting(BucketSetting::PublicAccessBlock).await?;
            let closed = |block: &Element| {
                SWITCHES
                    .iter()
                    .all(|switch| block.text_of(switch) == Some("true"))
            };
            if !block.is_some_and(|block| closed(&block)) {
                lacks.push(Lack::PublicAccessBlock);
            }
            let encryption = self.setting(BucketSetting::Encryption).await?;
            if !encryption.is_some_and(|encryption| self.encrypts(&encryption)) {
                lacks.push(Lack::Encryption);
            }
            let versioning = self.setting(BucketSetting::Versioning).await?;
            if versioning.as_ref().and_then(|one| one.text_of("Status")) != Some("Enabled") {
                lacks.push(Lack::Versioning);
            }
        }
        if let Some(name) = &self.settings.dynamodb_table {
            match self.dynamodb.describe_table(name).await {
                Ok(table) => {
                    let [key] = table.key_schema.as_slice() else {
                        return Err(no_lock_table(name));
                    };
                    let of_texts = table
                        .attributes
                        .iter()
                        .any(|one| one.name == "LockID" && one.kind == "S");
                    if key.attribute != "LockID" || !of_texts {
                        return Err(no_lock_table(name));
                    }
                }
                Err(error) if error.is_not_found() => lacks.push(Lack::LockTable),
                Err(error) => {
                    return Err(Error::aws(format!("look for the table {name:?}"), error));
                }
            }
        }
        Ok(lacks)
    }

    /// Makes what is lacking. What somebody else has made meanwhile is taken as it is.
    ///
    /// # Errors
    /// What AWS answers.
    pub async fn make(&self, lack: Lack) -> Result<(), Error> {
        match lack {
            Lack::Bucket => self.create_bucket().await,
            Lack::PublicAccessBlock => {
                let document = SWITCHES.iter().fold(
                    Element::new("PublicAccessBlockConfiguration"),
                    |document, switch| document.leaf(switch, true),
                );
                self.put(BucketSetting::PublicAccessBlock, document).await
            }
            Lack::Encryption => {
                let by_default = Element::new("ApplyServerSideEncryptionByDefault");
                let by_default = match &self.settings.encryption {
                    Encryption::Kms(key) => by_default
                        .leaf("SSEAlgorithm", "aws:kms")
                        .leaf("KMSMasterKeyID", key),
                    _ => by_default.leaf("SSEAlgorithm", "AES256"),
                };
                let document = Element::new("ServerSideEncryptionConfiguration")
                    .with(Element::new("Rule").with(by_default));
                self.put(BucketSetting::Encryption, document).await
            }
            Lack::Versioning => {
                let document = Element::new("VersioningConfiguration").leaf("Status", "Enabled");
                self.put(BucketSetting::Versioning, document).await
            }
            Lack::LockTable => match &self.settings.dynamodb_table {
                Some(name) => self.table(name).await,
                None => Ok(()),
            },
        }
    }

    async fn has_bucket(&self) -> Result<bool, Error> {
        let bucket = &self.settings.bucket;
        match self.s3.head_bucket(bucket).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(Error::aws(format!("look for the bucket {bucket:?}"), error)),
        }
    }

    /// Whether the bucket encrypts by itself as the settings want it.
    fn encrypts(&self, encryption: &Element) -> bool {
        let by_default = encryption
            .get("Rule")
            .and_then(|rule| rule.get("ApplyServerSideEncryptionByDefault"));
        match by_default.and_then(|one| one.text_of("SSEAlgorithm")) {
            None => false,
            Some("AES256") => !matches!(self.settings.encryption, Encryption::Kms(_)),
            Some(_) => true,
        }
    }

    /// A setting of the bucket; `None` where it was never made.
    async fn setting(&self, setting: BucketSetting) -> Result<Option<Element>, Error> {
        let bucket = &self.settings.bucket;
        match self.buckets.get_setting(bucket, setting, None).await {
            Ok(said) => Ok(Some(said.document)),
            Err(error)
                if error.is_not_found()
                    || matches!(
                        error.code(),
                        "NoSuchPublicAccessBlockConfiguration"
                            | "ServerSideEncryptionConfigurationNotFoundError"
                    ) =>
            {
                Ok(None)
            }
            Err(error) => Err(Error::aws(
                format!("read the setting {setting:?} of the bucket {bucket:?}"),
                error,
            )),
        }
    }

    async fn put(&self, setting: BucketSetting, document: Element) -> Result<(), Error> {
        let bucket = &self.settings.bucket;
        let wait = PollSettings::new(format!("bucket {bucket} to be known"), BUCKET_PATIENCE);
        let put = || {
            let said = Said::from(document.clone());
            Box::pin(async move {
                match self.buckets.put_setting(bucket, setting, None, said).await {
                    Ok(()) => Ok(Poll::Done(())),
                    // A bucket that was made a moment ago.
                    Err(error) if matches!(error.code(), "NoSuchBucket" | "OperationAborted") => {
                        Ok(Poll::Pending(error.code().to_owned()))
                    }
                    Err(error) => Err(error),
                }
            }) as trueup_aws::BoxFuture<'_, _>
        };
        poll_until(&wait, &CancellationToken::new(), put)
            .await
            .map_err(|error| {
                Error::aws(
                    format!("make the setting {setting:?} of the bucket {bucket:?}"),
                    error,
                )
            })
    }

    async fn create_bucket(&self) -> Result<(), Error> {
        let bucket = &self.settings.bucket;
        let request = CreateBucket {
            bucket: bucket.clone(),
            ..CreateBucket::default()
        };
        match self.s3.create_bucket(request).await {
            Ok(()) => Ok(()),
            // Another run was faster.
            Err(error) if error.code() == "BucketAlreadyOwnedByYou" => Ok(()),
            Err(error) => Err(Error::aws(format!("make the bucket {bucket:?}"), error)),
        }
    }

    /// Makes the table unless it is there, and waits until it can be used.
    async fn table(&self, name: &str) -> Result<(), Error> {
        let wait = PollSettings::new(format!("table {name} to become ACTIVE"), TABLE_PATIENCE);
        let look = || {
            Box::pin(async move {
                match self.dynamodb.describe_table(name).await {
                    Ok(table) if table.status == "ACTIVE" => Ok(Poll::Done(())),
                    Ok(table) => Ok(Poll::Pending(table.status)),
                    Err(error) if error.is_not_found() => {
                        match self.dynamodb.create_table(lock_table(name)).await {
                            Ok(table) if table.status == "ACTIVE" => Ok(Poll::Done(())),
                            Ok(table) => Ok(Poll::Pending(table.status)),
                            Err(error) if error.code() == "ResourceInUseException" => {
                                Ok(Poll::Pending("CREATING".to_owned()))
                            }
                            Err(error) => Err(error),
                        }
                    }
                    Err(error) => Err(error),
                }
            }) as trueup_aws::BoxFuture<'_, _>
        };
        poll_until(&wait, &CancellationToken::new(), look)
            .await
            .map_err(|error| Error::aws(format!("make the lock table {name:?}"), error))
    }
}

fn no_lock_table(name: &str) -> Error {
    Error::setting(
        "dynamodb_table",
        format!(
            "the table {name:?} is there, but it cannot hold locks: its one key must be LockID, of texts"
        ),
    )
}

fn lock_table(name: &str) -> CreateTable {
    CreateTable {
        name: name.to_owned(),
        attributes: vec![AttributeDefinition {
            name: "LockID".to_owned(),
            kind: "S".to_owned(),
        }],
        key_schema: vec![KeyElement {
            attribute: "LockID".to_owned(),
            kind: "HASH".to_owned(),
        }],
        billing_mode: Some("PAY_PER_REQUEST".to_owned()),
        ..CreateTable::default()
    }
}
