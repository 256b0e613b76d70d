//! IAM's answers as plain structs, and what is asked as parameters.
use std::collections::BTreeMap;

use super::{Policy, Role};
use crate::query::{Parameters, decoded};
use crate::xml::Element;

pub(super) fn said<const N: usize>(pairs: [(&str, &str); N]) -> Parameters {
    let mut said = Parameters::default();
    for (name, value) in pairs {
        said.say(name, value);
    }
    said
}

pub(super) fn say_tags(parameters: &mut Parameters, tags: &BTreeMap<String, String>) {
    for (n, (key, value)) in tags.iter().enumerate() {
        let n = n + 1;
        parameters.say(format!("Tags.member.{n}.Key"), key);
        parameters.say(format!("Tags.member.{n}.Value"), value);
    }
}

pub(super) fn text(of: &Element, name: &str) -> String {
    of.text(name).unwrap_or_default()
}

fn number(of: &Element, name: &str) -> i64 {
    of.text(name).and_then(|n| n.parse().ok()).unwrap_or(0)
}

fn tags(of: &Element) -> BTreeMap<String, String> {
    of.list("Tags")
        .iter()
        .map(|tag| (text(tag, "Key"), text(tag, "Value")))
        .collect()
}

/// Texts of policies come percent-encoded.
pub(super) fn document(of: &Element, name: &str) -> String {
    decoded(&text(of, name))
}

pub(super) fn role(answer: &Element) -> Role {
    let none = Element::default();
    let role = answer.get("Role").unwrap_or(&none);
    let bound = role.get("PermissionsBoundary").unwrap_or(&none);
    Role {
        name: text(role, "RoleName"),
        arn: text(role, "Arn"),
        path: text(role, "Path"),
        id: text(role, "RoleId"),
        created: text(role, "CreateDate"),
        assume_role_policy: document(role, "AssumeRolePolicyDocument"),
        description: text(role, "Description"),
        max_session: number(role, "MaxSessionDuration"),
        permissions_boundary: text(bound, "PermissionsBoundaryArn"),
        tags: tags(role),
    }
}

pub(super) fn policy(answer: &Element) -> Policy {
    let none = Element::default();
    let policy = answer.get("Policy").unwrap_or(&none);
    Policy {
        name: text(policy, "PolicyName"),
        arn: text(policy, "Arn"),
        path: text(policy, "Path"),
        id: text(policy, "PolicyId"),
        description: text(policy, "Description"),
        version: text(policy, "DefaultVersionId"),
        attachments: number(policy, "AttachmentCount"),
        tags: tags(policy),
    }
}
