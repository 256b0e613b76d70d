//! What ownership and the public access block forbid of a bucket's settings.

use bytes::Bytes;
use http::{Response, StatusCode};
use rusqlite::Connection;
use serde_json::Value as Json;

use super::defaults::text_of;
use super::error;
use super::store::{self, BucketRow};

/// The ownership under which there are no ACLs.
pub(crate) const ENFORCED: &str = "BucketOwnerEnforced";

/// The refusal of a setting, where there is one.
pub(crate) fn refused(
    connection: &Connection,
    bucket: &BucketRow,
    setting: &str,
    canned: Option<&str>,
    body: &[u8],
) -> rusqlite::Result<Option<Response<Bytes>>> {
    match setting {
        "acl" => {
            if said(connection, bucket, "ownershipControls", "ObjectOwnership")?
                .is_some_and(|owned| owned == ENFORCED)
            {
                return Ok(Some(error(
                    StatusCode::BAD_REQUEST,
                    "AccessControlListNotSupported",
                    "The bucket does not allow ACLs",
                )));
            }
            let public = canned.is_some_and(|canned| {
                canned.starts_with("public-") || canned == "authenticated-read"
            }) || String::from_utf8_lossy(body).contains("/groups/global/");
            Ok(
                match public && blocks(connection, bucket, "BlockPublicAcls")? {
                    true => Some(error(
                        StatusCode::FORBIDDEN,
                        "AccessDenied",
                        "Access Denied",
                    )),
                    false => None,
                },
            )
        }
        "policy" => {
            let public = serde_json::from_slice(body).is_ok_and(|policy| is_public(&policy));
            Ok(
                match public && blocks(connection, bucket, "BlockPublicPolicy")? {
                    true => Some(error(
                        StatusCode::FORBIDDEN,
                        "AccessDenied",
                        "s3:PutBucketPolicy was refused because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.",
                    )),
                    false => None,
                },
            )
        }
        _ => Ok(None),
    }
}

fn said(
    connection: &Connection,
    bucket: &BucketRow,
    setting: &str,
    element: &str,
) -> rusqlite::Result<Option<String>> {
    let body = store::setting(connection, &bucket.name, setting)?;
    Ok(body.and_then(|body| text_of(&String::from_utf8_lossy(&body), element).map(str::to_owned)))
}

fn blocks(connection: &Connection, bucket: &BucketRow, flag: &str) -> rusqlite::Result<bool> {
    let said = said(connection, bucket, "publicAccessBlock", flag)?;
    Ok(said.is_some_and(|said| said == "true"))
}

/// Whether a policy lets everybody do something, without a condition.
fn is_public(policy: &Json) -> bool {
    let statements = match policy.get("Statement") {
        Some(Json::Array(all)) => all.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    let everybody = |who: &Json| match who {
        Json::String(text) => text == "*",
        Json::Array(all) => all.iter().any(|one| one == "*"),
        _ => false,
    };
    statements.into_iter().any(|statement| {
        let allows = statement.get("Effect").and_then(Json::as_str) == Some("Allow");
        let principal = statement.get("Principal");
        let all = principal.is_some_and(|principal| {
            everybody(principal) || principal.get("AWS").is_some_and(everybody)
        });
        allows && all && statement.get("Condition").is_none()
    })
}
