//! Roles, with the policies that are part of them or hang on them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    TAGS, Tags, document, in_use, invalid, missing, now, policies, tagged, tags_shown, taken,
    unique_id, whole,
};
use crate::query_calls::{Call, Refusal, element};

const KIND: &str = "iam-role";

/// A role as it is kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Role {
    id: String,
    path: String,
    created: String,
    trust: String,
    description: Option<String>,
    max_session: i64,
    boundary: Option<String>,
    inline: BTreeMap<String, String>,
    pub(super) attached: BTreeSet<String>,
    tags: Tags,
}

fn find(call: &Call<'_>, name: &str) -> Result<Role, Refusal> {
    let found = call.records.get(KIND, "", name)?;
    found.ok_or_else(|| missing(format!("The role with name {name} cannot be found.")))
}

fn named<'c>(call: &'c Call<'_>) -> Result<(&'c str, Role), Refusal> {
    let name = call.needed("RoleName")?;
    Ok((name, find(call, name)?))
}

fn put(call: &Call<'_>, name: &str, role: &Role) -> Result<String, Refusal> {
    call.records.put(KIND, "", name, role)?;
    Ok(String::new())
}

/// All roles, by name.
pub(super) fn all(call: &Call<'_>) -> Result<Vec<(String, Role)>, Refusal> {
    Ok(call.records.list(KIND, "")?)
}

fn max_session(call: &Call<'_>) -> Result<Option<i64>, Refusal> {
    let Some(said) = call.text("MaxSessionDuration") else {
        return Ok(None);
    };
    let seconds = said.parse().ok();
    match seconds.filter(|seconds| (3600..=43_200).contains(seconds)) {
        Some(seconds) => Ok(Some(seconds)),
        None => Err(invalid(format!(
            "1 validation error detected: Value '{said}' at 'maxSessionDuration' failed to satisfy constraint: Member must have value between 3600 and 43200"
        ))),
    }
}

pub(super) fn create(call: &Call<'_>) -> Result<String, Refusal> {
    let name = call.name("RoleName", 64)?;
    if call.records.get::<Role>(KIND, "", name)?.is_some() {
        return Err(taken(format!("Role with name {name} already exists.")));
    }
    let role = Role {
        id: unique_id("AROA"),
        path: call.path()?,
        created: now(),
        trust: call.document("AssumeRolePolicyDocument")?.to_owned(),
        description: call.text("Description").map(str::to_owned),
        max_session: max_session(call)?.unwrap_or(3600),
        boundary: call.text("PermissionsBoundary").map(str::to_owned),
        tags: tagged(Tags::new(), call.tags(TAGS))?,
        ..Role::default()
    };
    put(call, name, &role)?;
    Ok(format!("<Role>{}</Role>", shown(call, name, &role, true)))
}

fn shown(call: &Call<'_>, name: &str, role: &Role, with_tags: bool) -> String {
    let mut text = [
        element("Path", &role.path),
        element("RoleName", name),
        element("RoleId", &role.id),
        element("Arn", &call.arn("role", &role.path, name)),
        element("CreateDate", &role.created),
        document("AssumeRolePolicyDocument", &role.trust),
        element("MaxSessionDuration", &role.max_session.to_string()),
    ]
    .concat();
    if let Some(description) = &role.description {
        text.push_str(&element("Description", description));
    }
    if let Some(boundary) = &role.boundary {
        text.push_str(&format!(
            "<PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType>{}</PermissionsBoundary>",
            element("PermissionsBoundaryArn", boundary)
        ));
    }
    if with_tags {
        text.push_str(&tags_shown(&role.tags));
    }
    text
}

pub(super) fn get(call: &Call<'_>) -> Result<String, Refusal> {
    let (name, role) = named(call)?;
    Ok(format!("<Role>{}</Role>", shown(call, name, &role, true)))
}

pub(super) fn list(call: &Call<'_>) -> Result<String, Refusal> {
    let items: Vec<String> = all(call)?
        .iter()
        .map(|(name, role)| format!("<member>{}</member>", shown(call, name, role, false)))
        .collect();
    Ok(whole("Roles", &items))
}

pub(super) fn update(call: &Call<'_>) -> Result<String, Refusal> {
    let (name, mut role) = named(call)?;
    if call.form.said("Description").is_some() {
        role.description = call.text("Description").map(str::to_owned);
    }
    role.max_session = max_session(call)?.unwrap_or(role.max_session);
    put(call, name, &role)
}

pub(super) fn update_trust(call: &Call<'_>) -> Result<String, Refusal> {
    let (name, mut role) = named(call)?;
    role.trust = call.document("PolicyDocument")?.to_owned();
    put(call, name, &role)
}

pub(super) fn bound(call: &Call<'_>, on: bool) -> Result<String, Refusal> {
    let (name, mut role) = named(call)?;
    role.boundary = match on {
        true => Some(call.needed("PermissionsBoundary")?.to_owned()),
        false => None,
    };
    put(call, name, &role)
}

pub(super) fn delete(call: &Call<'_>) -> Result<String, Refusal> {
    let (name, role) = named(call)?;
    if !role.inline.is_empty() {
        return Err(in_use("Cannot delete entity, must delete policies first."));
    }
    if !role.attached.is_empty() {
        return Err(in_use(
            "Cannot delete entity, must detach all policies first.",
        ));
    }
    call.records.remove(KIND, "", name)?;
    Ok(String::new())
}

pub(super) fn tag(call: &Call<'_>) -> Result<String, Refusal> {
    let (name, mut role) = named(call)?;
    role.tags = tagged(role.tags, call.tags(TAGS))?;
    put(call, name, &role)
}

pub(super) fn untag(call: &Call<'_>) -> Result<String, Refusal> {
    let (name, mut role) = named(call)?;
    let keys = call.list("TagKeys.member");
    role.tags.retain(|key, _| !keys.contains(&key.as_str()));
    put(call, name, &role)
}

pub(super) fn inline_names(call: &Call<'_>) -> Result<String, Refusal> {
    let (_, role) = named(call)?;
    let items: Vec<String> = role.inline.keys().map(|it| element("member", it)).collect();
    Ok(whole("PolicyNames", &items))
}

fn no_inline(name: &str) -> Refusal {
    missing(format!("The role policy with name {name} cannot be found."))
}

pub(super) fn inline(call: &Call<'_>) -> Result<String, Refusal> {
    let (name, role) = named(call)?;
    let policy = call.needed("PolicyName")?;
    let text = role.inline.get(policy).ok_or_else(|| no_inline(policy))?;
    Ok([
        element("RoleName", name),
        element("PolicyName", policy),
        document("PolicyDocument", text),
    ]
    .concat())
}

pub(super) fn put_inline(call: &Call<'_>) -> Result<String, Refusal> {
    let (name, mut role) = named(call)?;
    let policy = call.name("PolicyName", 128)?.to_owned();
    let text = call.document("PolicyDocument")?.to_owned();
    role.inline.insert(policy, text);
    put(call, name, &role)
}

pub(super) fn delete_inline(call: &Call<'_>) -> Result<String, Refusal> {
    let (name, mut role) = named(call)?;
    let policy = call.needed("PolicyName")?;
    if role.inline.remove(policy).is_none() {
        return Err(no_inline(policy));
    }
    put(call, name, &role)
}

pub(super) fn attached(call: &Call<'_>) -> Result<String, Refusal> {
    let (_, role) = named(call)?;
    let items: Vec<String> = role
        .attached
        .iter()
        .map(|arn| {
            let name = arn.rsplit('/').next().unwrap_or(arn);
            format!(
                "<member>{}{}</member>",
                element("PolicyName", name),
                element("PolicyArn", arn)
            )
        })
        .collect();
    Ok(whole("AttachedPolicies", &items))
}

/// Hangs a policy on a role, or takes it off.
pub(super) fn attach(call: &Call<'_>, on: bool) -> Result<String, Refusal> {
    let (name, mut role) = named(call)?;
    let arn = call.needed("PolicyArn")?;
    if on {
        policies::must_exist(call, arn)?;
        role.attached.insert(arn.to_owned());
    } else if !role.attached.remove(arn) {
        return Err(missing(format!("Policy {arn} was not found.")));
    }
    put(call, name, &role)
}
