//! IAM: roles and policies of the account, whatever the region.

mod policies;
mod roles;

use bytes::Bytes;
use http::{Response, StatusCode};

use crate::caller::partition;
use crate::dynamodb::wire::Failure;
use crate::records::{Open, Records};
use crate::sts::{escaped, xml};

const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

/// How many tags a role or policy may have.
const MOST_TAGS: usize = 50;

/// One call: where it goes and what it stands on.
struct Call<'a> {
    account: &'a str,
    partition: &'static str,
    records: Open<'a>,
    form: &'a [(String, String)],
}

/// An answer that says no.
struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Refusal {
        Refusal {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: "ServiceFailure",
            message: format!("{failure:?}"),
        }
    }
}

fn refused(status: StatusCode, code: &'static str, message: impl Into<String>) -> Refusal {
    Refusal {
        status,
        code,
        message: message.into(),
    }
}

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
    /// A parameter that is said and not empty.
    fn text(&self, name: &str) -> Option<&str> {
        self.form
            .iter()
            .find(|(said, _)| said == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    fn needed(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name).ok_or_else(|| {
            let mut member = name.to_owned();
            if let Some(first) = member.get_mut(..1) {
                first.make_ascii_lowercase();
            }
            invalid(format!(
                "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
            ))
        })
    }

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

    /// `Tags.member.1.Key`, …
    fn tags(&self) -> Vec<(String, String)> {
        (1..)
            .map_while(|n| {
                let key = self.text(&format!("Tags.member.{n}.Key"))?;
                let value = self.text(&format!("Tags.member.{n}.Value"));
                Some((key.to_owned(), value.unwrap_or_default().to_owned()))
            })
            .collect()
    }

    fn list(&self, name: &str) -> Vec<&str> {
        (1..)
            .map_while(|n| self.text(&format!("{name}.member.{n}")))
            .collect()
    }

    /// `arn:aws:iam::<account>:<kind><path><name>`
    fn arn(&self, kind: &str, path: &str, name: &str) -> String {
        format!(
            "arn:{}:iam::{}:{kind}{path}{name}",
            self.partition, self.account
        )
    }
}

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
    let items: Vec<String> = tags
        .iter()
        .map(|(key, value)| {
            format!(
                "<member>{}<Value>{}</Value></member>",
                element("Key", key),
                escaped(value)
            )
        })
        .collect();
    format!("<Tags>{}</Tags>", items.concat())
}

/// An element with this text.
fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escaped(text))
}

/// A policy's text as answers hold it: percent-encoded.
fn encoded(name: &str, document: &str) -> String {
    let mut out = String::with_capacity(document.len() * 2);
    for byte in document.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("<{name}>{out}</{name}>")
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

/// Answers one request of the Query protocol; `form` holds its parameters.
pub(crate) fn answer(
    records: &Records,
    account: &str,
    region: &str,
    action: &str,
    form: &[(String, String)],
) -> Response<Bytes> {
    let answered = records.open().map_err(Refusal::from).and_then(|records| {
        let call = Call {
            account,
            partition: partition(region),
            records,
            form,
        };
        dispatch(&call, action)
    });
    match answered {
        Ok(body) => {
            let id = uuid::Uuid::new_v4();
            xml(
                StatusCode::OK,
                &id,
                format!(
                    "<{action}Response xmlns=\"{NAMESPACE}\"><{action}Result>{body}</{action}Result><ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata></{action}Response>"
                ),
            )
        }
        Err(refusal) => crate::sts::error(refusal.status, refusal.code, &refusal.message),
    }
}

fn dispatch(call: &Call<'_>, action: &str) -> Result<String, Refusal> {
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
        "ListInstanceProfilesForRole" => {
            Ok("<InstanceProfiles></InstanceProfiles><IsTruncated>false</IsTruncated>".to_owned())
        }
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
