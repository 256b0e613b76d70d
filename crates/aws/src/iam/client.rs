//! IAM by signed calls: its SDK would be compiled for two dozen operations out of hundreds.
use std::collections::BTreeMap;

use super::wire::{document, policy, role};
use super::{CreatePolicy, CreateRole, Iam, Policy, PolicyVersion, Role, Subject};
use crate::Answer;
use crate::query::{Dialect, Parameters, Service};
use crate::signed::Signed;

const DIALECT: Dialect = Dialect {
    version: "2010-05-08",
    result: true,
    ask: "Marker",
    token: "Marker",
    more: Some("IsTruncated"),
};

/// The parameter that tags are said in.
const TAGS: &str = "Tags.member";

/// IAM behind signed calls.
pub(crate) struct Client {
    iam: Service,
}

impl Client {
    pub(crate) fn new(signed: Signed) -> Self {
        Self {
            iam: Service::new(signed, DIALECT),
        }
    }
}

impl Iam for Client {
    fn create_role(&self, request: CreateRole) -> Answer<'_, Role> {
        Box::pin(async move {
            let mut said = Parameters::from([
                (
                    "AssumeRolePolicyDocument",
                    request.assume_role_policy.as_str(),
                ),
                ("MaxSessionDuration", &request.max_session.to_string()),
                ("Path", &request.path),
                ("RoleName", &request.name),
            ]);
            said.say_if("Description", request.description.as_deref());
            said.say_if(
                "PermissionsBoundary",
                request.permissions_boundary.as_deref(),
            );
            said.tags(TAGS, &request.tags);
            let answer = self.iam.once("CreateRole", said).await?;
            Ok(role(&answer))
        })
    }

    fn get_role<'a>(&'a self, name: &'a str) -> Answer<'a, Role> {
        Box::pin(async move {
            let said = [("RoleName", name)];
            Ok(role(&self.iam.call("GetRole", said).await?))
        })
    }

    fn update_role<'a>(
        &'a self,
        name: &'a str,
        description: &'a str,
        max_session: i64,
    ) -> Answer<'a, ()> {
        self.iam.done(
            "UpdateRole",
            [
                ("RoleName", name),
                ("Description", description),
                ("MaxSessionDuration", &max_session.to_string()),
            ],
        )
    }

    fn update_assume_role_policy<'a>(&'a self, name: &'a str, policy: &'a str) -> Answer<'a, ()> {
        self.iam.done(
            "UpdateAssumeRolePolicy",
            [("RoleName", name), ("PolicyDocument", policy)],
        )
    }

    fn set_permissions_boundary<'a>(
        &'a self,
        name: &'a str,
        policy_arn: Option<&'a str>,
    ) -> Answer<'a, ()> {
        match policy_arn {
            Some(arn) => self.iam.done(
                "PutRolePermissionsBoundary",
                [("RoleName", name), ("PermissionsBoundary", arn)],
            ),
            None => self
                .iam
                .done("DeleteRolePermissionsBoundary", [("RoleName", name)]),
        }
    }

    fn delete_role<'a>(&'a self, name: &'a str) -> Answer<'a, ()> {
        self.iam.done("DeleteRole", [("RoleName", name)])
    }

    fn inline_policies<'a>(&'a self, role: &'a str) -> Answer<'a, Vec<String>> {
        Box::pin(async move {
            let said = [("RoleName", role)];
            let found = self
                .iam
                .all("ListRolePolicies", said, "PolicyNames")
                .await?;
            Ok(found
                .iter()
                .map(|name| name.text.trim().to_owned())
                .collect())
        })
    }

    fn get_inline_policy<'a>(&'a self, role: &'a str, name: &'a str) -> Answer<'a, String> {
        Box::pin(async move {
            let said = [("RoleName", role), ("PolicyName", name)];
            let answer = self.iam.call("GetRolePolicy", said).await?;
            Ok(document(&answer, "PolicyDocument"))
        })
    }

    fn put_inline_policy<'a>(
        &'a self,
        role: &'a str,
        name: &'a str,
        policy: &'a str,
    ) -> Answer<'a, ()> {
        self.iam.done(
            "PutRolePolicy",
            [
                ("RoleName", role),
                ("PolicyName", name),
                ("PolicyDocument", policy),
            ],
        )
    }

    fn delete_inline_policy<'a>(&'a self, role: &'a str, name: &'a str) -> Answer<'a, ()> {
        self.iam.done(
            "DeleteRolePolicy",
            [("RoleName", role), ("PolicyName", name)],
        )
    }

    fn attached_policies<'a>(&'a self, role: &'a str) -> Answer<'a, Vec<String>> {
        Box::pin(async move {
            let said = [("RoleName", role)];
            let found = self
                .iam
                .all("ListAttachedRolePolicies", said, "AttachedPolicies")
                .await?;
            Ok(found
                .iter()
                .map(|policy| policy.text_or_empty("PolicyArn"))
                .collect())
        })
    }

    fn attach_policy<'a>(&'a self, role: &'a str, policy_arn: &'a str) -> Answer<'a, ()> {
        self.iam.done(
            "AttachRolePolicy",
            [("RoleName", role), ("PolicyArn", policy_arn)],
        )
    }

    fn detach_policy<'a>(&'a self, role: &'a str, policy_arn: &'a str) -> Answer<'a, ()> {
        self.iam.done(
            "DetachRolePolicy",
            [("RoleName", role), ("PolicyArn", policy_arn)],
        )
    }

    fn create_policy(&self, request: CreatePolicy) -> Answer<'_, Policy> {
        Box::pin(async move {
            let mut said = Parameters::from([
                ("Path", request.path.as_str()),
                ("PolicyDocument", &request.policy),
                ("PolicyName", &request.name),
            ]);
            said.say_if("Description", request.description.as_deref());
            said.tags(TAGS, &request.tags);
            let answer = self.iam.once("CreatePolicy", said).await?;
            Ok(policy(&answer))
        })
    }

    fn get_policy<'a>(&'a self, arn: &'a str) -> Answer<'a, Policy> {
        Box::pin(async move {
            let said = [("PolicyArn", arn)];
            Ok(policy(&self.iam.call("GetPolicy", said).await?))
        })
    }

    fn policy_text<'a>(&'a self, arn: &'a str, version: &'a str) -> Answer<'a, String> {
        Box::pin(async move {
            let said = [("PolicyArn", arn), ("VersionId", version)];
            let answer = self.iam.call("GetPolicyVersion", said).await?;
            let version = answer.get("PolicyVersion");
            Ok(version
                .map(|it| document(it, "Document"))
                .unwrap_or_default())
        })
    }

    fn create_policy_version<'a>(&'a self, arn: &'a str, policy: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            let said = [
                ("PolicyArn", arn),
                ("PolicyDocument", policy),
                ("SetAsDefault", "true"),
            ];
            self.iam.once("CreatePolicyVersion", said).await.map(drop)
        })
    }

    fn policy_versions<'a>(&'a self, arn: &'a str) -> Answer<'a, Vec<PolicyVersion>> {
        Box::pin(async move {
            let said = [("PolicyArn", arn)];
            let found = self.iam.all("ListPolicyVersions", said, "Versions").await?;
            Ok(found
                .iter()
                .map(|version| PolicyVersion {
                    id: version.text_or_empty("VersionId"),
                    is_default: version.flag("IsDefaultVersion"),
                    created: version.text_or_empty("CreateDate"),
                })
                .collect())
        })
    }

    fn delete_policy_version<'a>(&'a self, arn: &'a str, version: &'a str) -> Answer<'a, ()> {
        self.iam.done(
            "DeletePolicyVersion",
            [("PolicyArn", arn), ("VersionId", version)],
        )
    }

    fn delete_policy<'a>(&'a self, arn: &'a str) -> Answer<'a, ()> {
        self.iam.done("DeletePolicy", [("PolicyArn", arn)])
    }

    fn tag<'a>(
        &'a self,
        subject: Subject<'a>,
        tags: &'a BTreeMap<String, String>,
    ) -> Answer<'a, ()> {
        let (operation, mut said) = match subject {
            Subject::Role(name) => ("TagRole", Parameters::from([("RoleName", name)])),
            Subject::Policy(arn) => ("TagPolicy", Parameters::from([("PolicyArn", arn)])),
        };
        said.tags(TAGS, tags);
        self.iam.done(operation, said)
    }

    fn untag<'a>(&'a self, subject: Subject<'a>, keys: &'a [String]) -> Answer<'a, ()> {
        let (operation, mut said) = match subject {
            Subject::Role(name) => ("UntagRole", Parameters::from([("RoleName", name)])),
            Subject::Policy(arn) => ("UntagPolicy", Parameters::from([("PolicyArn", arn)])),
        };
        said.list("TagKeys.member", keys);
        self.iam.done(operation, said)
    }
}
