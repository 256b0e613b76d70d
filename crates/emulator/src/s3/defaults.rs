//! What buckets have without being told: settings of new ones, ACLs, encryption.

use rusqlite::Connection;

use super::store;
use super::{Scope, checksums};

const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// The settings AWS gives to a new bucket, by name.
pub(crate) fn of_new_bucket(object_lock: bool) -> Vec<(&'static str, String)> {
    let mut settings = vec![
        (
            "ownershipControls",
            element(
                "OwnershipControls",
                "<Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule>",
            ),
        ),
        (
            "publicAccessBlock",
            element(
                "PublicAccessBlockConfiguration",
                "<BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets>",
            ),
        ),
    ];
    if object_lock {
        settings.push((
            "object-lock",
            element(
                "ObjectLockConfiguration",
                "<ObjectLockEnabled>Enabled</ObjectLockEnabled>",
            ),
        ));
        settings.push((
            "versioning",
            element("VersioningConfiguration", "<Status>Enabled</Status>"),
        ));
    }
    settings
}

/// An XML document of one element in S3's namespace.
pub(crate) fn element(name: &str, content: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{name} xmlns=\"{NAMESPACE}\">{content}</{name}>"
    )
}

/// The canonical user id of the account: 64 hex digits made from its number.
pub(crate) fn canonical_id(account: &str) -> String {
    use sha2::Digest as _;
    checksums::hex(&sha2::Sha256::digest(account.as_bytes()))
}

/// The ACL that gives everything to the owner, and `more`.
pub(crate) fn acl_with(scope: &Scope, more: &str) -> String {
    let id = canonical_id(&scope.account);
    element(
        "AccessControlPolicy",
        &format!(
            "<Owner><ID>{id}</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"><ID>{id}</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant>{more}</AccessControlList>"
        ),
    )
}

/// The grants that a canned ACL adds to the owner's.
pub(crate) fn canned_grants(canned: &str) -> Option<String> {
    let group = |uri: &str, permission: &str| {
        format!(
            "<Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Group\"><URI>http://acs.amazonaws.com/groups/{uri}</URI></Grantee><Permission>{permission}</Permission></Grant>"
        )
    };
    Some(match canned {
        "private" | "bucket-owner-read" | "bucket-owner-full-control" | "aws-exec-read" => {
            String::new()
        }
        "public-read" => group("global/AllUsers", "READ"),
        "public-read-write" => {
            group("global/AllUsers", "READ") + &group("global/AllUsers", "WRITE")
        }
        "authenticated-read" => group("global/AuthenticatedUsers", "READ"),
        "log-delivery-write" => {
            group("s3/LogDelivery", "WRITE") + &group("s3/LogDelivery", "READ_ACP")
        }
        _ => return None,
    })
}

/// The text of the first element of a name, in XML that was read before.
pub(crate) fn text_of<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let open = format!("<{name}>");
    let start = xml.find(&open)? + open.len();
    let rest = xml.get(start..)?;
    let end = rest.find('<')?;
    rest.get(..end).map(str::trim)
}

/// The algorithm and key that objects of a bucket are encrypted with unless a
/// request names its own, and whether a bucket key is used.
pub(crate) fn encryption(
    connection: &Connection,
    bucket: &str,
) -> rusqlite::Result<(String, Option<String>, Option<bool>)> {
    let Some(body) = store::setting(connection, bucket, "encryption")? else {
        return Ok(("AES256".to_owned(), None, None));
    };
    let text = String::from_utf8_lossy(&body);
    Ok((
        text_of(&text, "SSEAlgorithm")
            .unwrap_or("AES256")
            .to_owned(),
        text_of(&text, "KMSMasterKeyID")
            .filter(|key| !key.is_empty())
            .map(str::to_owned),
        text_of(&text, "BucketKeyEnabled").map(|value| value == "true"),
    ))
}
