//! IAM's answers as plain structs.
use super::{Policy, Role};
use crate::query::decoded;
use crate::xml::Element;

/// Texts of policies come percent-encoded.
pub(super) fn document(of: &Element, name: &str) -> String {
    decoded(&of.text_or_empty(name))
}

pub(super) fn role(answer: &Element) -> Role {
    let none = Element::default();
    let role = answer.get("Role").unwrap_or(&none);
    let bound = role.get("PermissionsBoundary").unwrap_or(&none);
    Role {
        name: role.text_or_empty("RoleName"),
        arn: role.text_or_empty("Arn"),
        path: role.text_or_empty("Path"),
        id: role.text_or_empty("RoleId"),
        created: role.text_or_empty("CreateDate"),
        assume_role_policy: document(role, "AssumeRolePolicyDocument"),
        description: role.text_or_empty("Description"),
        max_session: role.whole("MaxSessionDuration"),
        permissions_boundary: bound.text_or_empty("PermissionsBoundaryArn"),
        tags: role.pairs("Tags", "Key", "Value"),
    }
}

pub(super) fn policy(answer: &Element) -> Policy {
    let none = Element::default();
    let policy = answer.get("Policy").unwrap_or(&none);
    Policy {
        name: policy.text_or_empty("PolicyName"),
        arn: policy.text_or_empty("Arn"),
        path: policy.text_or_empty("Path"),
        id: policy.text_or_empty("PolicyId"),
        description: policy.text_or_empty("Description"),
        version: policy.text_or_empty("DefaultVersionId"),
        attachments: policy.whole("AttachmentCount"),
        tags: policy.pairs("Tags", "Key", "Value"),
    }
}
