//! Making the bucket and the lock table, for the embedded AWS.

use std::time::Duration;

use trueup_aws::Class;
use trueup_aws::dynamodb::{AttributeDefinition, CreateTable, KeyElement};
use trueup_aws::s3::CreateBucket;

use super::S3Backend;
use crate::Error;

/// How often a new table is asked whether it is ready.
const LOOKS: u32 = 50;

pub(super) async fn store(backend: &S3Backend) -> Result<(), Error> {
    bucket(backend).await?;
    match &backend.settings.dynamodb_table {
        Some(name) => table(backend, name).await,
        None => Ok(()),
    }
}

async fn bucket(backend: &S3Backend) -> Result<(), Error> {
    let bucket = &backend.settings.bucket;
    match backend.s3.head_bucket(bucket).await {
        Ok(_) => return Ok(()),
        Err(error) if error.is_not_found() => {}
        Err(error) => return Err(Error::aws(format!("look for the bucket {bucket:?}"), error)),
    }
    let request = CreateBucket {
        bucket: bucket.clone(),
        ..CreateBucket::default()
    };
    match backend.s3.create_bucket(request).await {
        // Former states are kept, as they are in a bucket that was made with care.
        Ok(()) => backend
            .s3
            .put_bucket_versioning(bucket, "Enabled")
            .await
            .map_err(|error| Error::aws(format!("keep versions in the bucket {bucket:?}"), error)),
        // Another run was faster.
        Err(error) if error.class() == Class::Conflict => Ok(()),
        Err(error) => Err(Error::aws(format!("make the bucket {bucket:?}"), error)),
    }
}

async fn table(backend: &S3Backend, name: &str) -> Result<(), Error> {
    let failed = |error| Error::aws(format!("make the lock table {name:?}"), error);
    for _ in 0..LOOKS {
        match backend.dynamodb.describe_table(name).await {
            Ok(table) if table.status == "ACTIVE" => return Ok(()),
            Ok(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            Err(error) if error.is_not_found() => {
                let request = CreateTable {
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
                };
                match backend.dynamodb.create_table(request).await {
                    Ok(_) => {}
                    Err(error) if error.class() == Class::Conflict => {}
                    Err(error) => return Err(failed(error)),
                }
            }
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(())
}
