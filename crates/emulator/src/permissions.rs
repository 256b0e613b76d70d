//! What callers may do: an IAM policy that allows, held against the actions and resources of each request.
//!
//! Only statements with `Effect` `Allow`, `Action` and `Resource` are known, with `*` and `?` as wildcards. A policy
//! that says anything else is refused, so that no test passes by a condition that nobody looked at.

use bytes::Bytes;
use http::Response;
use http::request::Parts;
use serde_json::Value;

use crate::escapes::decoded;
use crate::operation::Service;
use crate::refusals::denied;
use crate::wildcards::matches;

/// The permissions of all callers; none by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions {
    /// Patterns of actions and of resources that are allowed together.
    statements: Vec<(Vec<String>, Vec<String>)>,
}

/// One thing that a request does: `dynamodb:PutItem` on `arn:aws:dynamodb:…:table/orders`.
type Deed = (String, String);

impl Permissions {
    /// Reads a policy document.
    ///
    /// # Errors
    /// It is not JSON, or says what is not known here.
    pub fn parse(text: &str) -> Result<Self, String> {
        let document: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let statements = document
            .get("Statement")
            .and_then(Value::as_array)
            .ok_or("the policy has no list \"Statement\"")?;
        let read = |statement: &Value| {
            let members = statement.as_object().ok_or("a statement is an object")?;
            for name in members.keys() {
                if !["Sid", "Effect", "Action", "Resource"].contains(&name.as_str()) {
                    return Err(format!("statements with {name:?} are not known here"));
                }
            }
            if statement.get("Effect").and_then(Value::as_str) != Some("Allow") {
                return Err("only the effect \"Allow\" is known here".to_owned());
            }
            Ok((
                texts(statement.get("Action")),
                texts(statement.get("Resource")),
            ))
        };
        Ok(Self {
            statements: statements.iter().map(read).collect::<Result<_, _>>()?,
        })
    }

    fn allows(&self, action: &str, resource: &str) -> bool {
        let action = action.to_ascii_lowercase();
        self.statements.iter().any(|(actions, resources)| {
            actions
                .iter()
                .any(|pattern| matches(&pattern.to_ascii_lowercase(), &action))
                && resources.iter().any(|pattern| matches(pattern, resource))
        })
    }

    /// The refusal of a request that does what is not allowed.
    pub(crate) fn refuse(
        &self,
        account: &str,
        region: &str,
        service: Service,
        operation: &str,
        parts: &Parts,
        body: &[u8],
    ) -> Option<Response<Bytes>> {
        deeds(account, region, service, operation, parts, body)
            .into_iter()
            .find(|(action, resource)| !self.allows(action, resource))
            .map(|(action, resource)| denied(service, account, &action, &resource))
    }

    /// Who may not list a bucket is not told either that an object is not in it.
    pub(crate) fn hides(&self, operation: &str, parts: &Parts) -> bool {
        matches!(operation, "GetObject" | "HeadObject")
            && !self.allows("s3:ListBucket", &bucket_arn(parts))
    }
}

/// One text, or a list of them.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(list)) => list
            .iter()
            .filter_map(|text| text.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    }
}

fn path(parts: &Parts) -> (String, String) {
    let path = parts.uri.path().trim_start_matches('/');
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    (bucket.to_owned(), decoded(key, false))
}

fn bucket_arn(parts: &Parts) -> String {
    format!("arn:aws:s3:::{}", path(parts).0)
}

/// What a request does, by the names that policies use.
fn deeds(
    account: &str,
    region: &str,
    service: Service,
    operation: &str,
    parts: &Parts,
    body: &[u8],
) -> Vec<Deed> {
    match service {
        Service::DynamoDb => on_tables(account, region, operation, body),
        Service::S3 => on_objects(operation, parts),
        // Everybody may ask who he is.
        Service::Sts if operation == "GetCallerIdentity" => Vec::new(),
        other => {
            let prefix = other.name();
            vec![(format!("{prefix}:{operation}"), "*".to_owned())]
        }
    }
}

fn on_tables(account: &str, region: &str, operation: &str, body: &[u8]) -> Vec<Deed> {
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    let arn = |name: &str| match name.starts_with("arn:") {
        true => name.to_owned(),
        false => format!("arn:aws:dynamodb:{region}:{account}:table/{name}"),
    };
    let deed = |action: &str, table: &Value| {
        let table = table.as_str().unwrap_or_default();
        (format!("dynamodb:{action}"), arn(table))
    };
    if let Some(tables) = request.get("RequestItems").and_then(Value::as_object) {
        return tables
            .keys()
            .map(|name| deed(operation, &Value::from(name.as_str())))
            .collect();
    }
    if let Some(elements) = request.get("TransactItems").and_then(Value::as_array) {
        // A transaction has no action of its own: each element is one of these.
        let known = [
            ("Put", "PutItem"),
            ("Update", "UpdateItem"),
            ("Delete", "DeleteItem"),
            ("ConditionCheck", "ConditionCheckItem"),
            ("Get", "GetItem"),
        ];
        return elements
            .iter()
            .flat_map(|element| known.map(|(kind, action)| (element.get(kind), action)))
            .filter_map(|(found, action)| Some(deed(action, found?.get("TableName")?)))
            .collect();
    }
    for name in ["TableName", "ResourceArn", "TableArn", "GlobalTableName"] {
        if let Some(table) = request.get(name) {
            return vec![deed(operation, table)];
        }
    }
    vec![(format!("dynamodb:{operation}"), "*".to_owned())]
}

fn on_objects(operation: &str, parts: &Parts) -> Vec<Deed> {
    let (bucket, key) = path(parts);
    let on_bucket = bucket_arn(parts);
    let on_object = format!("arn:aws:s3:::{bucket}/{key}");
    let action = match operation {
        "HeadObject" | "GetObject" => "GetObject",
        "PutObject"
        | "CreateMultipartUpload"
        | "UploadPart"
        | "CompleteMultipartUpload"
        | "CopyObject"
        | "UploadPartCopy" => "PutObject",
        "ListObjects" | "ListObjectsV2" | "HeadBucket" => "ListBucket",
        "ListObjectVersions" => "ListBucketVersions",
        "ListMultipartUploads" => "ListBucketMultipartUploads",
        "ListParts" => "ListMultipartUploadParts",
        "ListBuckets" => return vec![("s3:ListAllMyBuckets".to_owned(), "*".to_owned())],
        "GetBucketEncryption" => "GetEncryptionConfiguration",
        "PutBucketEncryption" | "DeleteBucketEncryption" => "PutEncryptionConfiguration",
        "GetPublicAccessBlock" => "GetBucketPublicAccessBlock",
        "PutPublicAccessBlock" | "DeletePublicAccessBlock" => "PutBucketPublicAccessBlock",
        "GetBucketLifecycleConfiguration" => "GetLifecycleConfiguration",
        "PutBucketLifecycleConfiguration" | "DeleteBucketLifecycle" => "PutLifecycleConfiguration",
        "GetBucketCors" => "GetBucketCORS",
        "PutBucketCors" | "DeleteBucketCors" => "PutBucketCORS",
        "GetBucketReplication" => "GetReplicationConfiguration",
        "PutBucketReplication" | "DeleteBucketReplication" => "PutReplicationConfiguration",
        "GetBucketAccelerateConfiguration" => "GetAccelerateConfiguration",
        "PutBucketAccelerateConfiguration" => "PutAccelerateConfiguration",
        "GetObjectLockConfiguration" => "GetBucketObjectLockConfiguration",
        "PutObjectLockConfiguration" => "PutBucketObjectLockConfiguration",
        "DeleteBucketTagging" => "PutBucketTagging",
        "DeleteBucketOwnershipControls" => "PutBucketOwnershipControls",
        other => other,
    };
    let resource = if key.is_empty() { on_bucket } else { on_object };
    let mut deeds = vec![(format!("s3:{action}"), resource.clone())];
    for (header, besides) in [
        ("x-amz-tagging", "PutObjectTagging"),
        ("x-amz-acl", "PutObjectAcl"),
    ] {
        if action == "PutObject" && parts.headers.contains_key(header) {
            deeds.push((format!("s3:{besides}"), resource.clone()));
        }
    }
    deeds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_that_says_more_is_refused() {
        for text in [
            "{}",
            r#"{"Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#,
            r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{}}]}"#,
        ] {
            assert!(Permissions::parse(text).is_err(), "{text}");
        }
    }
}
