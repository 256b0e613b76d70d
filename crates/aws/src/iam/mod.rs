//! IAM: roles and policies, as far as the neighbours of tables need them.
mod client;
mod wire;

use std::collections::BTreeMap;

use crate::Answer;
pub(crate) use client::Client;

/// The IAM calls the program makes. Roles are named by their names, policies by their ARNs.
pub trait Iam: Send + Sync {
    /// Creates a role.
    fn create_role(&self, request: CreateRole) -> Answer<'_, Role>;

    /// A role with its tags.
    fn get_role<'a>(&'a self, name: &'a str) -> Answer<'a, Role>;

    /// Changes what a role is told of: its description, and how long its sessions may last (in seconds).
    fn update_role<'a>(
        &'a self,
        name: &'a str,
        description: &'a str,
        max_session: i64,
    ) -> Answer<'a, ()>;

    /// Replaces the policy that says who may take a role.
    fn update_assume_role_policy<'a>(&'a self, name: &'a str, policy: &'a str) -> Answer<'a, ()>;

    /// Bounds what a role's policies can allow; `None` takes the bound away.
    fn set_permissions_boundary<'a>(
        &'a self,
        name: &'a str,
        policy_arn: Option<&'a str>,
    ) -> Answer<'a, ()>;

    /// Deletes a role; `DeleteConflict` while policies hang on it.
    fn delete_role<'a>(&'a self, name: &'a str) -> Answer<'a, ()>;

    /// The names of the policies that are part of a role.
    fn inline_policies<'a>(&'a self, role: &'a str) -> Answer<'a, Vec<String>>;

    /// The text of a policy that is part of a role.
    fn get_inline_policy<'a>(&'a self, role: &'a str, name: &'a str) -> Answer<'a, String>;

    /// Makes a policy part of a role, or replaces it.
    fn put_inline_policy<'a>(
        &'a self,
        role: &'a str,
        name: &'a str,
        policy: &'a str,
    ) -> Answer<'a, ()>;

    /// Takes a policy out of a role.
    fn delete_inline_policy<'a>(&'a self, role: &'a str, name: &'a str) -> Answer<'a, ()>;

    /// The ARNs of the policies that hang on a role.
    fn attached_policies<'a>(&'a self, role: &'a str) -> Answer<'a, Vec<String>>;

    /// Hangs a policy on a role.
    fn attach_policy<'a>(&'a self, role: &'a str, policy_arn: &'a str) -> Answer<'a, ()>;

    /// Takes a policy off a role.
    fn detach_policy<'a>(&'a self, role: &'a str, policy_arn: &'a str) -> Answer<'a, ()>;

    /// Creates a policy.
    fn create_policy(&self, request: CreatePolicy) -> Answer<'_, Policy>;

    /// A policy with its tags.
    fn get_policy<'a>(&'a self, arn: &'a str) -> Answer<'a, Policy>;

    /// The text of one version of a policy.
    fn policy_text<'a>(&'a self, arn: &'a str, version: &'a str) -> Answer<'a, String>;

    /// Gives a policy another text, as a version that counts from now on.
    fn create_policy_version<'a>(&'a self, arn: &'a str, policy: &'a str) -> Answer<'a, ()>;

    /// The versions of a policy.
    fn policy_versions<'a>(&'a self, arn: &'a str) -> Answer<'a, Vec<PolicyVersion>>;

    /// Deletes a version that does not count.
    fn delete_policy_version<'a>(&'a self, arn: &'a str, version: &'a str) -> Answer<'a, ()>;

    /// Deletes a policy without other versions; `DeleteConflict` while it hangs on something.
    fn delete_policy<'a>(&'a self, arn: &'a str) -> Answer<'a, ()>;

    /// Puts tags on a role or policy.
    fn tag<'a>(
        &'a self,
        subject: Subject<'a>,
        tags: &'a BTreeMap<String, String>,
    ) -> Answer<'a, ()>;

    /// Takes tags off a role or policy.
    fn untag<'a>(&'a self, subject: Subject<'a>, keys: &'a [String]) -> Answer<'a, ()>;
}

/// What has tags.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// A role, by its name.
    Role(&'a str),
    /// A policy, by its ARN.
    Policy(&'a str),
}

/// What a new role is to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreateRole {
    /// Its name.
    pub name: String,
    /// Its path, such as `/`.
    pub path: String,
    /// The policy that says who may take it.
    pub assume_role_policy: String,
    /// Its description.
    pub description: Option<String>,
    /// How long its sessions may last, in seconds.
    pub max_session: i64,
    /// The ARN of the policy that bounds it.
    pub permissions_boundary: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// What is known of a role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// ARN.
    pub arn: String,
    /// Its path.
    pub path: String,
    /// The id that no other role has ever had.
    pub id: String,
    /// When it was made, as RFC 3339 in UTC.
    pub created: String,
    /// The policy that says who may take it.
    pub assume_role_policy: String,
    /// Its description; "" without one.
    pub description: String,
    /// How long its sessions may last, in seconds.
    pub max_session: i64,
    /// The ARN of the policy that bounds it; "" without one.
    pub permissions_boundary: String,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// What a new policy is to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreatePolicy {
    /// Its name.
    pub name: String,
    /// Its path, such as `/`.
    pub path: String,
    /// Its text.
    pub policy: String,
    /// Its description.
    pub description: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// What is known of a policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// ARN.
    pub arn: String,
    /// Its path.
    pub path: String,
    /// The id that no other policy has ever had.
    pub id: String,
    /// Its description; "" without one.
    pub description: String,
    /// The version that counts.
    pub version: String,
    /// On how many users, groups and roles it hangs.
    pub attachments: i64,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// A version of a policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicyVersion {
    /// `v1`, `v2`, …
    pub id: String,
    /// Whether it is the one that counts.
    pub is_default: bool,
    /// When it was made, as RFC 3339 in UTC.
    pub created: String,
}
