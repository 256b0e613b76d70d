//! IAM: roles and policies of the account, whatever the region.

mod policies;
mod roles;

use http::StatusCode;

use crate::caller::partition;
use crate::escapes::encoded;
use crate::query_calls::{Call, Dialect, Refusal, element, refused, tag_elements};

/// How IAM speaks.
pub(crate) const DIALECT: Dialect = Dialect {
    namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
    of_ec2: false,
    broken: "ServiceFailure",
    lacks: |member| {
        invalid(format!(
            "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
        ))
    },
};

/// How many tags a role or policy may have.
const MOST_TAGS: usize = 50;

fn invalid(message: impl Into<String>) -> Refusal {
    refused(StatusCode::BAD_REQUEST, "ValidationError", message)
}

fn missing(message: impl Into<String>) -> Refusal {
    refused(StatusCode::NOT_FOUND, "NoSuchEntity", message)
}

fn taken(message: impl Into<String>) -> Refusal {
    refused(StatusCode::CONFLICT, "EntityAlreadyExists", message)
}

fn in_use(message: impl Into<String>) -> Refusal {
    refused(StatusCode::CONFLICT, "DeleteConflict", message)
}

impl Call<'_> {
    /// A name of at most so many of the characters that IAM takes.
    fn name(&self, parameter: &str, most: usize) -> Result<&str, Refusal> {
        let name = self.needed(parameter)?;
        let fine = name.len() <= most
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b));
        if fine {
            return Ok(name);
        }
        Err(invalid(format!(
            "The specified value for {parameter} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"
        )))
    }

    fn path(&self) -> Result<String, Refusal> {
        let path = self.text("Path").unwrap_or("/");
        if path.starts_with('/') && path.ends_with('/') {
            return Ok(path.to_owned());
        }
        Err(invalid(
            "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
        ))
    }

    /// A policy's text, which must be a JSON object.
    fn document(&self, parameter: &str) -> Result<&str, Refusal> {
        let text = self.needed(parameter)?;
        let read = serde_json::from_str::<serde_json::Value>(text);
        if read.is_ok_and(|read| read.get("Statement").is_some()) {
            return Ok(text);
        }
        Err(refused(
            StatusCode::BAD_REQUEST,
            "MalformedPolicyDocument",
            "Syntax errors in policy.",
        ))
    }

    /// `arn:aws:iam::<account>:<kind><path><name>`
    fn arn(&self, kind: &str, path: &str, name: &str) -> String {
        format!(
            "arn:{}:iam::{}:{kind}{path}{name}",
            partition(self.region),
            self.account
        )
    }
}

/// How tags are named in calls.
const TAGS: &str = "Tags.member";

type Tags = std::collections::BTreeMap<String, String>;

/// Tags with more of them, as far as that is allowed.
fn tagged(mut tags: Tags, more: Vec<(String, String)>) -> Result<Tags, Refusal> {
    tags.extend(more);
    if tags.keys().any(|key| key.starts_with("aws:")) {
        return Err(refused(
            StatusCode::BAD_REQUEST,
            "InvalidInput",
            "Tag keys that begin with aws: are reserved",
        ));
    }
    if tags.len() > MOST_TAGS {
        return Err(refused(
            StatusCode::CONFLICT,
            "LimitExceeded",
            format!("The number of tags has reached the maximum limit of {MOST_TAGS}."),
        ));
    }
    Ok(tags)
}

fn tags_shown(tags: &Tags) -> String {
    format!(
        "<Tags>{}</Tags>",
        tag_elements(tags, ["member", "Key", "Value"])
    )
}

/// A policy's text as answers hold it: percent-encoded.
fn document(name: &str, text: &str) -> String {
    element(name, &encoded(text, b""))
}

/// A list that comes in one page.
fn whole(list: &str, members: &[String]) -> String {
    format!(
        "<{list}>{}</{list}><IsTruncated>false</IsTruncated>",
        members.concat()
    )
}

/// An id that nothing else has ever had: a prefix for its kind and 17 letters and digits.
fn unique_id(kind: &str) -> String {
    let random = uuid::Uuid::new_v4().simple().to_string().to_uppercase();
    format!("{kind}{}", random.get(..17).unwrap_or(&random))
}

fn now() -> String {
    jiff::Timestamp::now()
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string()
}

/// Answers one call.
pub(crate) fn dispatch(call: &Call<'_>, action: &str) -> Result<String, Refusal> {
    match action {
        "CreateRole" => roles::create(call),
        "GetRole" => roles::get(call),
        "ListRoles" => roles::list(call),
        "UpdateRole" => roles::update(call),
        "UpdateAssumeRolePolicy" => roles::update_trust(call),
        "PutRolePermissionsBoundary" => roles::bound(call, true),
        "DeleteRolePermissionsBoundary" => roles::bound(call, false),
        "DeleteRole" => roles::delete(call),
        "TagRole" => roles::tag(call),
        "UntagRole" => roles::untag(call),
        "ListRolePolicies" => roles::inline_names(call),
        "GetRolePolicy" => roles::inline(call),
        "PutRolePolicy" => roles::put_inline(call),
        "DeleteRolePolicy" => roles::delete_inline(call),
        "ListAttachedRolePolicies" => roles::attached(call),
        "AttachRolePolicy" => roles::attach(call, true),
        "DetachRolePolicy" => roles::attach(call, false),
        "ListInstanceProfilesForRole" => Ok(whole("InstanceProfiles", &[])),
        "CreatePolicy" => policies::create(call),
        "GetPolicy" => policies::get(call),
        "GetPolicyVersion" => policies::version(call),
        "CreatePolicyVersion" => policies::create_version(call),
        "ListPolicyVersions" => policies::versions(call),
        "DeletePolicyVersion" => policies::delete_version(call),
        "DeletePolicy" => policies::delete(call),
        "TagPolicy" => policies::tag(call),
        "UntagPolicy" => policies::untag(call),
        _ => Err(refused(
            StatusCode::BAD_REQUEST,
            "InvalidAction",
            format!("Could not find operation {action} for version 2010-05-08"),
        )),
    }
}
