//! Policies that stand alone, in up to five versions.

use serde::{Deserialize, Serialize};

use super::{
    TAGS, Tags, document, in_use, missing, now, roles, tagged, tags_shown, taken, unique_id, whole,
};
use crate::query_calls::{Call, Refusal, element, refused};

const KIND: &str = "iam-policy";

/// How many versions a policy may have.
const MOST: usize = 5;

/// A policy as it is kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Policy {
    id: String,
    path: String,
    description: Option<String>,
    versions: Vec<Version>,
    /// The version that counts.
    default: u32,
    /// The number of the last version that was made.
    last: u32,
    tags: Tags,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Version {
    number: u32,
    text: String,
    created: String,
}

fn find(call: &Call<'_>, arn: &str) -> Result<Policy, Refusal> {
    let found = call.records.get(KIND, "", arn)?;
    found.ok_or_else(|| missing(format!("Policy {arn} does not exist or is not attachable.")))
}

fn named<'c>(call: &'c Call<'_>) -> Result<(&'c str, Policy), Refusal> {
    let arn = call.needed("PolicyArn")?;
    Ok((arn, find(call, arn)?))
}

fn put(call: &Call<'_>, arn: &str, policy: &Policy) -> Result<String, Refusal> {
    call.records.put(KIND, "", arn, policy)?;
    Ok(String::new())
}

/// Refuses an ARN of no policy. AWS's own are there without being made.
pub(super) fn must_exist(call: &Call<'_>, arn: &str) -> Result<(), Refusal> {
    if arn.contains(":iam::aws:policy/") {
        return Ok(());
    }
    find(call, arn).map(drop)
}

fn attachments(call: &Call<'_>, arn: &str) -> Result<usize, Refusal> {
    let roles = roles::all(call)?;
    Ok(roles
        .iter()
        .filter(|(_, role)| role.attached.contains(arn))
        .count())
}

pub(super) fn create(call: &Call<'_>) -> Result<String, Refusal> {
    let name = call.name("PolicyName", 128)?;
    let path = call.path()?;
    let arn = call.arn("policy", &path, name);
    if call.records.get::<Policy>(KIND, "", &arn)?.is_some() {
        return Err(taken(format!(
            "A policy called {name} already exists. Duplicate names are not allowed."
        )));
    }
    let policy = Policy {
        id: unique_id("ANPA"),
        path,
        description: call.text("Description").map(str::to_owned),
        versions: vec![Version {
            number: 1,
            text: call.document("PolicyDocument")?.to_owned(),
            created: now(),
        }],
        default: 1,
        last: 1,
        tags: tagged(Tags::new(), call.tags(TAGS))?,
    };
    put(call, &arn, &policy)?;
    shown(call, &arn, &policy)
}

fn shown(call: &Call<'_>, arn: &str, policy: &Policy) -> Result<String, Refusal> {
    let name = arn.rsplit('/').next().unwrap_or(arn);
    let first = policy.versions.first();
    let created = first.map(|version| version.created.as_str());
    let description = policy.description.as_deref();
    Ok(format!(
        "<Policy>{}</Policy>",
        [
            element("PolicyName", name),
            element("PolicyId", &policy.id),
            element("Arn", arn),
            element("Path", &policy.path),
            element("DefaultVersionId", &format!("v{}", policy.default)),
            element("AttachmentCount", &attachments(call, arn)?.to_string()),
            element("IsAttachable", "true"),
            element("CreateDate", created.unwrap_or_default()),
            description.map_or_else(String::new, |text| element("Description", text)),
            tags_shown(&policy.tags),
        ]
        .concat()
    ))
}

pub(super) fn get(call: &Call<'_>) -> Result<String, Refusal> {
    let (arn, policy) = named(call)?;
    shown(call, arn, &policy)
}

fn numbered<'p>(policy: &'p Policy, id: &str, arn: &str) -> Result<&'p Version, Refusal> {
    let found = policy
        .versions
        .iter()
        .find(|version| format!("v{}", version.number) == id);
    found.ok_or_else(|| {
        missing(format!(
            "Policy {arn} version {id} does not exist or is not attachable."
        ))
    })
}

fn version_shown(policy: &Policy, version: &Version, with_text: bool) -> String {
    let text = if with_text {
        document("Document", &version.text)
    } else {
        String::new()
    };
    [
        text,
        element("VersionId", &format!("v{}", version.number)),
        element(
            "IsDefaultVersion",
            &(version.number == policy.default).to_string(),
        ),
        element("CreateDate", &version.created),
    ]
    .concat()
}

pub(super) fn version(call: &Call<'_>) -> Result<String, Refusal> {
    let (arn, policy) = named(call)?;
    let version = numbered(&policy, call.needed("VersionId")?, arn)?;
    let shown = version_shown(&policy, version, true);
    Ok(format!("<PolicyVersion>{shown}</PolicyVersion>"))
}

pub(super) fn create_version(call: &Call<'_>) -> Result<String, Refusal> {
    let (arn, mut policy) = named(call)?;
    if policy.versions.len() >= MOST {
        return Err(refused(
            http::StatusCode::CONFLICT,
            "LimitExceeded",
            format!(
                "A managed policy can have up to {MOST} versions. Before you create a new version, you must delete an existing version."
            ),
        ));
    }
    let text = call.document("PolicyDocument")?.to_owned();
    policy.last += 1;
    let version = Version {
        number: policy.last,
        text,
        created: now(),
    };
    if call.text("SetAsDefault") == Some("true") {
        policy.default = version.number;
    }
    policy.versions.push(version.clone());
    put(call, arn, &policy)?;
    let shown = version_shown(&policy, &version, false);
    Ok(format!("<PolicyVersion>{shown}</PolicyVersion>"))
}

pub(super) fn versions(call: &Call<'_>) -> Result<String, Refusal> {
    let (_, policy) = named(call)?;
    let items: Vec<String> = policy
        .versions
        .iter()
        .rev()
        .map(|version| {
            format!(
                "<member>{}</member>",
                version_shown(&policy, version, false)
            )
        })
        .collect();
    Ok(whole("Versions", &items))
}

pub(super) fn delete_version(call: &Call<'_>) -> Result<String, Refusal> {
    let (arn, mut policy) = named(call)?;
    let number = numbered(&policy, call.needed("VersionId")?, arn)?.number;
    if number == policy.default {
        return Err(in_use("Cannot delete the default version of a policy."));
    }
    policy.versions.retain(|version| version.number != number);
    put(call, arn, &policy)
}

pub(super) fn delete(call: &Call<'_>) -> Result<String, Refusal> {
    let (arn, policy) = named(call)?;
    if attachments(call, arn)? > 0 {
        return Err(in_use("Cannot delete a policy attached to entities."));
    }
    if policy.versions.len() > 1 {
        return Err(in_use(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
        ));
    }
    call.records.remove(KIND, "", arn)?;
    Ok(String::new())
}

pub(super) fn tag(call: &Call<'_>) -> Result<String, Refusal> {
    let (arn, mut policy) = named(call)?;
    policy.tags = tagged(policy.tags, call.tags(TAGS))?;
    put(call, arn, &policy)
}

pub(super) fn untag(call: &Call<'_>) -> Result<String, Refusal> {
    let (arn, mut policy) = named(call)?;
    let keys = call.list("TagKeys.member");
    policy.tags.retain(|key, _| !keys.contains(&key.as_str()));
    put(call, arn, &policy)
}
