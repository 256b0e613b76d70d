//! The versions of a state object.

use futures::StreamExt as _;
use trueup_aws::s3::{GetObject, ListVersions, ListedVersion};
use trueup_aws::{Class, Error as Refusal};
use trueup_state::Header;

use super::S3Backend;
use super::objects::{WHO, url};
use crate::Error;
use crate::backend::Notice;
use crate::history::{History, Kept, Version};

/// How many bytes of a version are read to learn its serial and lineage: they stand in its first lines.
const HEAD: u64 = 2048;

/// How many versions are looked into at once.
const ABREAST: usize = 8;

/// The newest versions, at most `limit`.
pub(super) async fn list(
    backend: &S3Backend,
    workspace: &str,
    limit: usize,
) -> Result<History, Error> {
    let settings = &backend.settings;
    let request = ListVersions {
        bucket: settings.bucket.clone(),
        key: settings.state_key(workspace),
        limit: Some(limit.saturating_add(1)),
    };
    let mut listed = match backend.s3.list_versions(request).await {
        Ok(listed) => listed,
        Err(error) if error.code() == "NoSuchBucket" => {
            return Err(Error::NoBucket {
                bucket: settings.bucket.clone(),
            });
        }
        Err(error) => {
            let mut action = format!("list the versions of {}", url(backend, workspace));
            if error.class() == Class::AccessDenied {
                action.push_str(" (which takes the permission s3:ListBucketVersions)");
            }
            return Err(Error::aws(action, error));
        }
    };
    let more = listed.len() > limit;
    listed.truncate(limit);
    let mut notices = Vec::new();
    if !listed.is_empty() && listed.iter().all(|one| one.version_id == "null") {
        notices.push(Notice::new(
            "The bucket keeps no versions",
            format!(
                "Versioning of the bucket {:?} is off, so that each write of the state takes the place of the one \
                 before. Turn it on to be able to go back.",
                settings.bucket
            ),
        ));
    }
    let versions = futures::stream::iter(listed)
        .map(|one| look_into(backend, workspace, one))
        .buffered(ABREAST)
        .collect::<Vec<_>>()
        .await;
    Ok(History {
        versions,
        more,
        notices,
    })
}

/// What a version holds, from its first bytes.
async fn look_into(backend: &S3Backend, workspace: &str, listed: ListedVersion) -> Version {
    let mut version = Version {
        id: listed.version_id.clone(),
        content: Kept::Nothing,
        written: listed.last_modified,
        size: listed.size,
        who: None,
        current: listed.latest,
    };
    if listed.deleted || listed.size == 0 {
        return version;
    }
    version.content = match fetch(backend, workspace, &listed.version_id, Some(HEAD)).await {
        Ok((head, who)) => {
            version.who = who;
            let header = Header::read(&head);
            if header.is_complete() || listed.size <= HEAD {
                Kept::of(header)
            } else {
                // Some writers may put what we look for behind the rest.
                match fetch(backend, workspace, &listed.version_id, None).await {
                    Ok((whole, _)) => Kept::of(Header::read(&whole)),
                    Err(error) => Kept::Unreadable(error.to_string()),
                }
            }
        }
        Err(error) => Kept::Unreadable(error.to_string()),
    };
    version
}

/// The bytes of a version and who wrote it.
async fn fetch(
    backend: &S3Backend,
    workspace: &str,
    id: &str,
    first: Option<u64>,
) -> Result<(Vec<u8>, Option<String>), Refusal> {
    let object = backend
        .s3
        .get_object(GetObject {
            bucket: backend.settings.bucket.clone(),
            key: backend.settings.state_key(workspace),
            version_id: Some(id.to_owned()),
            encryption: backend.settings.encryption.clone(),
            first,
        })
        .await?;
    Ok((object.body.to_vec(), object.head.metadata.get(WHO).cloned()))
}

/// The whole text of a version.
pub(super) async fn read(backend: &S3Backend, workspace: &str, id: &str) -> Result<Vec<u8>, Error> {
    let missing = || Error::NoVersion {
        location: url(backend, workspace),
        id: id.to_owned(),
    };
    match fetch(backend, workspace, id, None).await {
        Ok((text, _)) if text.is_empty() => Err(missing()),
        Ok((text, _)) => Ok(text),
        // A delete marker can't be read; what is no version id at all is an invalid argument.
        Err(error)
            if error.is_not_found()
                || matches!(
                    error.code(),
                    "MethodNotAllowed" | "NoSuchVersion" | "InvalidArgument"
                ) =>
        {
            Err(missing())
        }
        Err(error) => Err(Error::aws(
            format!("read version {id} of {}", url(backend, workspace)),
            error,
        )),
    }
}
