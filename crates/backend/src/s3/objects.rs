//! The state object: read together with its digest, written over exactly what was read.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use base64::Engine;
use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;
use trueup_aws::Class;
use trueup_aws::s3::{GetObject, Object, PutObject};
use trueup_state::Header;

use super::digest::{self, Stored};
use super::{S3Backend, S3Timing};
use crate::Error;
use crate::backend::{Notice, Revision, Snapshot, Written, md5_hex};
use crate::error::DigestMismatch;

/// User metadata of our state objects: the digest that this object's text replaced. Where the
/// digest item still says that, the object's writer ended between its two writes, and the object
/// is the newer of the two.
const REPLACES: &str = "trueup-replaces";

/// User metadata of our state objects: who wrote them.
pub(super) const WHO: &str = "trueup-who";

/// How often a write that met another conditional write is sent again.
pub(super) const MEETINGS: u32 = 3;

pub(super) fn url(backend: &S3Backend, workspace: &str) -> String {
    let settings = &backend.settings;
    format!("s3://{}/{}", settings.bucket, settings.state_key(workspace))
}

/// The object; a missing one is none, as is one without bytes.
pub(super) async fn get(backend: &S3Backend, workspace: &str) -> Result<Option<Object>, Error> {
    let request = GetObject {
        bucket: backend.settings.bucket.clone(),
        key: backend.settings.state_key(workspace),
        encryption: backend.settings.encryption.clone(),
        ..GetObject::default()
    };
    match backend.s3.get_object(request).await {
        Ok(object) => Ok(Some(object)),
        Err(error) if error.code() == "NoSuchBucket" => Err(Error::NoBucket {
            bucket: backend.settings.bucket.clone(),
        }),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(Error::aws(
            format!("read the state {}", url(backend, workspace)),
            error,
        )),
    }
}

/// The state, once object and digest agree.
pub(super) async fn read(backend: &S3Backend, workspace: &str) -> Result<Snapshot, Error> {
    let S3Timing {
        mismatch,
        mismatch_pause,
        ..
    } = backend.timing;
    let start = Instant::now();
    loop {
        let object = get(backend, workspace).await?;
        let stored = digest::read(backend, workspace).await;
        let md5 = object
            .as_ref()
            .filter(|object| !object.body.is_empty())
            .map(|object| md5_hex(&object.body));
        if let Some(object) = &object {
            backend.sealing.prepare(&object.body).await;
        }
        let agree = stored.digest().is_none_or(|digest| {
            md5.as_deref()
                .is_some_and(|md5| md5.eq_ignore_ascii_case(digest))
        });
        if agree {
            return snapshot(backend, workspace, object, md5, &stored, Vec::new());
        }
        if let (Some(object), Some(md5)) = (&object, &md5)
            && object.head.metadata.get(REPLACES).map(String::as_str) == stored.digest()
        {
            let md5 = md5.clone();
            return repaired(backend, workspace, object.clone(), md5, stored).await;
        }
        if start.elapsed() >= mismatch {
            return Err(mismatched(
                backend,
                workspace,
                object.as_ref(),
                md5,
                &stored,
            ));
        }
        tokio::time::sleep(mismatch_pause).await;
    }
}

/// An object of ours whose digest was not written any more: true up the digest if we hold the
/// lock, and use the object in any case.
async fn repaired(
    backend: &S3Backend,
    workspace: &str,
    object: Object,
    md5: String,
    mut stored: Stored,
) -> Result<Snapshot, Error> {
    let held = backend
        .locked
        .lock()
        .is_ok_and(|locked| locked.contains(workspace));
    let mut notices = Vec::new();
    if held {
        match digest::write(backend, workspace, &md5, &stored).await {
            Ok(()) => {
                stored = Stored::Text(md5.clone());
                notices.push(Notice::new(
                    "The digest of the state was repaired",
                    format!(
                        "A run that wrote {} ended before it wrote the digest. The digest now \
                         fits the state again.",
                        url(backend, workspace)
                    ),
                ));
            }
            Err(error) => tracing::warn!(%error, "the digest could not be repaired"),
        }
    }
    snapshot(
        backend,
        workspace,
        Some(object),
        Some(md5),
        &stored,
        notices,
    )
}

fn snapshot(
    backend: &S3Backend,
    workspace: &str,
    object: Option<Object>,
    md5: Option<String>,
    stored: &Stored,
    notices: Vec<Notice>,
) -> Result<Snapshot, Error> {
    let state = match &object {
        Some(object) if md5.is_some() => Some(backend.sealing.state(&object.body).map_err(
            |problem| Error::Unreadable {
                location: url(backend, workspace),
                problem,
            },
        )?),
        _ => None,
    };
    let outdated = object
        .as_ref()
        .is_some_and(|object| backend.sealing.is_outdated(&object.body));
    Ok(Snapshot {
        state,
        outdated,
        revision: Revision {
            md5,
            etag: object.and_then(|object| object.head.etag),
            digest: stored.text(),
        },
        notices,
    })
}

fn mismatched(
    backend: &S3Backend,
    workspace: &str,
    object: Option<&Object>,
    md5: Option<String>,
    stored: &Stored,
) -> Error {
    let item = digest::item_id(backend, workspace);
    let table = backend
        .settings
        .dynamodb_table
        .as_deref()
        .unwrap_or_default();
    let advice = match (&md5, object) {
        (Some(md5), Some(object)) => {
            let what = match backend.sealing.state(&object.body) {
                Ok(state) => format!("The object holds a state with serial {}", state.serial),
                Err(problem) => format!("The object holds no readable state ({problem})"),
            };
            let when = object.head.last_modified.map_or(String::new(), |seconds| {
                jiff::Timestamp::from_second(seconds)
                    .map(|time| format!(", written at {time}"))
                    .unwrap_or_default()
            });
            format!(
                "{what}{when}. Either the object was restored or edited without its digest, or a \
                 writer ended between the two. If the object is the state you want, set the \
                 attribute Digest of the item with LockID {item:?} in the table {table:?} to {md5}; \
                 if not, restore the version of the object whose MD5 is the stored checksum."
            )
        }
        _ => format!(
            "There is no state object, yet a digest of one. If the state was deleted on purpose, \
             remove the item with LockID {item:?} from the table {table:?}; if not, restore the \
             object."
        ),
    };
    Error::DigestMismatch(Box::new(DigestMismatch {
        bucket: backend.settings.bucket.clone(),
        key: backend.settings.state_key(workspace),
        calculated: md5.unwrap_or_default(),
        stored: stored.text().unwrap_or_default(),
        advice,
    }))
}

/// Writes object, then digest, each on condition of what was read.
pub(super) async fn write(
    backend: &S3Backend,
    workspace: &str,
    text: Vec<u8>,
    expected: &Revision,
) -> Result<Written, Error> {
    let md5 = md5_hex(&text);
    let mut notices = Vec::new();
    let before = match (&expected.digest, &backend.settings.dynamodb_table) {
        (_, None) => Stored::Unknown,
        (Some(text), _) => Stored::Text(text.clone()),
        (None, _) => match digest::read(backend, workspace).await {
            // What appeared since is not ours to replace unseen, but nor is it a condition we
            // can name: the object's own condition decides.
            Stored::Text(text) => Stored::Text(text),
            other => other,
        },
    };
    let etag = put(
        backend,
        workspace,
        text.into(),
        &md5,
        expected,
        &before,
        &mut notices,
    )
    .await?;
    if let Ok(mut last) = backend.last_written.lock() {
        last.insert(workspace.to_owned(), md5.clone());
    }
    digest::follow(backend, workspace, &md5, before).await?;
    let digest = backend
        .settings
        .dynamodb_table
        .is_some()
        .then(|| md5.clone());
    Ok(Written {
        revision: Revision {
            md5: Some(md5),
            etag,
            digest,
        },
        notices,
    })
}

/// Somebody else wrote the object meanwhile.
pub(super) fn overtaken(backend: &S3Backend, workspace: &str, found: Option<Object>) -> Error {
    Error::Conflict {
        location: url(backend, workspace),
        detail: match found.map(|object| Header::read(&object.body).serial) {
            None => "it is gone".to_owned(),
            Some(Some(serial)) => format!("it now has serial {serial}"),
            Some(None) => "it is no readable state any more".to_owned(),
        },
    }
}

/// Puts the object over the expected one; answers its entity tag.
async fn put(
    backend: &S3Backend,
    workspace: &str,
    body: Bytes,
    md5: &str,
    expected: &Revision,
    before: &Stored,
    notices: &mut Vec<Notice>,
) -> Result<Option<String>, Error> {
    let settings = &backend.settings;
    let mut if_match = expected.etag.clone();
    let mut if_none_match = expected.etag.is_none() && expected.md5.is_none();
    let mut metadata = BTreeMap::from([(WHO.to_owned(), as_header(&backend.who))]);
    if let Some(digest) = before.digest() {
        metadata.insert(REPLACES.to_owned(), digest.to_owned());
    }
    let checksum = (!settings.skip_s3_checksum)
        .then(|| base64::engine::general_purpose::STANDARD.encode(Sha256::digest(&body)));
    let mut meetings = 0;
    loop {
        let conditional = !backend.unconditional.load(Ordering::Relaxed);
        let request = PutObject {
            bucket: settings.bucket.clone(),
            key: settings.state_key(workspace),
            body: body.clone(),
            content_type: Some("application/json".to_owned()),
            if_match: if_match.clone().filter(|_| conditional),
            if_none_match: if_none_match && conditional,
            checksum_sha256: checksum.clone(),
            encryption: settings.encryption.clone(),
            acl: settings.acl.clone(),
            tags: settings.state_tags.clone(),
            metadata: metadata.clone(),
            ..PutObject::default()
        };
        let error = match backend.s3.put_object(request).await {
            Ok(outcome) => return Ok(outcome.etag),
            Err(error) => error,
        };
        if conditional && refuses_conditions(&error) {
            backend.unconditional.store(true, Ordering::Relaxed);
            notices.push(Notice::new(
                "The store does not know conditional writes",
                format!(
                    "Writes to {} cannot be made to depend on what was read, so that only the \
                     lock keeps two runs apart: {error}",
                    url(backend, workspace)
                ),
            ));
            continue;
        }
        let met = matches!(error.class(), Class::PreconditionFailed | Class::Conflict)
            // A deleted object answers If-Match with "not found".
            || (error.is_not_found() && if_match.is_some() && error.code() != "NoSuchBucket");
        if !met && !error.lost_answer() {
            return Err(failed_put(backend, workspace, error));
        }
        // The answer to our own first attempt may have been lost: look who wrote.
        let found = get(backend, workspace).await?;
        let (etag, found_md5) = match &found {
            Some(object) => (object.head.etag.clone(), Some(md5_hex(&object.body))),
            None => (None, None),
        };
        if found_md5.as_deref() == Some(md5) {
            return Ok(etag);
        }
        let unchanged = etag == expected.etag;
        let ours = backend
            .last_written
            .lock()
            .is_ok_and(|last| found_md5.is_some() && last.get(workspace) == found_md5.as_ref());
        meetings += 1;
        if (unchanged || ours) && meetings <= MEETINGS {
            if_none_match = etag.is_none();
            if_match = etag;
            continue;
        }
        if unchanged {
            return Err(failed_put(backend, workspace, error));
        }
        return Err(overtaken(backend, workspace, found));
    }
}

/// A text as a header can carry it.
fn as_header(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_graphic() { c } else { '?' })
        .collect()
}

fn failed_put(backend: &S3Backend, workspace: &str, error: trueup_aws::Error) -> Error {
    if error.code() == "NoSuchBucket" {
        return Error::NoBucket {
            bucket: backend.settings.bucket.clone(),
        };
    }
    Error::aws(
        format!("write the state {}", url(backend, workspace)),
        error,
    )
}

/// Stores that came before conditional writes say 501, or call the header a bad one.
fn refuses_conditions(error: &trueup_aws::Error) -> bool {
    let status = error.failure().map_or(0, |failure| failure.status);
    status == 501
        || error.code() == "NotImplemented"
        || (status == 400
            && (error.message().contains("If-Match") || error.message().contains("If-None-Match")))
}
