//! IAM by signed calls: its SDK would be compiled for two dozen operations out of hundreds.
use std::collections::BTreeMap;

use futures::future::BoxFuture;

use super::wire::{document, policy, role, said, say_tags, text};
use super::{CreatePolicy, CreateRole, Iam, Policy, PolicyVersion, Role, Subject};
use crate::Error;
use crate::query::Parameters;
use crate::signed::{Repeat, Signed};
use crate::xml::Element;

const VERSION: &str = "2010-05-08";

/// IAM behind signed calls.
pub(crate) struct Client {
    signed: Signed,
}

impl Client {
    pub(crate) fn new(signed: Signed) -> Self {
        Self { signed }
    }

    /// The `…Result` of an answer.
    async fn call(
        &self,
        operation: &'static str,
        parameters: &Parameters,
        repeat: Repeat,
    ) -> Result<Element, Error> {
        let answer = self
            .signed
            .query(VERSION, operation, parameters, repeat)
            .await?;
        let result = format!("{operation}Result");
        Ok(answer.get(&result).cloned().unwrap_or_default())
    }

    fn done<'a>(
        &'a self,
        operation: &'static str,
        parameters: Parameters,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            self.call(operation, &parameters, Repeat::Always)
                .await
                .map(drop)
        })
    }

    /// All elements of a list that comes in pages.
    async fn all(
        &self,
        operation: &'static str,
        parameters: Parameters,
        list: &str,
    ) -> Result<Vec<Element>, Error> {
        let mut all = Vec::new();
        let mut marker: Option<String> = None;
        loop {
            let mut parameters = parameters.clone();
            parameters.say_if("Marker", marker.as_deref());
            let answer = self.call(operation, &parameters, Repeat::Always).await?;
            all.extend_from_slice(answer.list(list));
            marker = answer.text("Marker").filter(|_| answer.flag("IsTruncated"));
            if marker.is_none() {
                return Ok(all);
            }
        }
    }
}

impl Iam for Client {
    fn create_role(&self, request: CreateRole) -> BoxFuture<'_, Result<Role, Error>> {
        Box::pin(async move {
            let mut said = said([
                ("AssumeRolePolicyDocument", &request.assume_role_policy),
                ("MaxSessionDuration", &request.max_session.to_string()),
                ("Path", &request.path),
                ("RoleName", &request.name),
            ]);
            said.say_if("Description", request.description.as_deref());
            said.say_if(
                "PermissionsBoundary",
                request.permissions_boundary.as_deref(),
            );
            say_tags(&mut said, &request.tags);
            let answer = self.call("CreateRole", &said, Repeat::IfNotReached).await?;
            Ok(role(&answer))
        })
    }

    fn get_role<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Role, Error>> {
        Box::pin(async move {
            let said = said([("RoleName", name)]);
            Ok(role(&self.call("GetRole", &said, Repeat::Always).await?))
        })
    }

    fn update_role<'a>(
        &'a self,
        name: &'a str,
        description: &'a str,
        max_session: i64,
    ) -> BoxFuture<'a, Result<(), Error>> {
        self.done(
            "UpdateRole",
            said([
                ("RoleName", name),
                ("Description", description),
                ("MaxSessionDuration", &max_session.to_string()),
            ]),
        )
    }

    fn update_assume_role_policy<'a>(
        &'a self,
        name: &'a str,
        policy: &'a str,
    ) -> BoxFuture<'a, Result<(), Error>> {
        self.done(
            "UpdateAssumeRolePolicy",
            said([("RoleName", name), ("PolicyDocument", policy)]),
        )
    }

    fn set_permissions_boundary<'a>(
        &'a self,
        name: &'a str,
        policy_arn: Option<&'a str>,
    ) -> BoxFuture<'a, Result<(), Error>> {
        match policy_arn {
            Some(arn) => self.done(
                "PutRolePermissionsBoundary",
                said([("RoleName", name), ("PermissionsBoundary", arn)]),
            ),
            None => self.done("DeleteRolePermissionsBoundary", said([("RoleName", name)])),
        }
    }

    fn delete_role<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        self.done("DeleteRole", said([("RoleName", name)]))
    }

    fn inline_policies<'a>(&'a self, role: &'a str) -> BoxFuture<'a, Result<Vec<String>, Error>> {
        Box::pin(async move {
            let said = said([("RoleName", role)]);
            let found = self.all("ListRolePolicies", said, "PolicyNames").await?;
            Ok(found
                .iter()
                .map(|name| name.text.trim().to_owned())
                .collect())
        })
    }

    fn get_inline_policy<'a>(
        &'a self,
        role: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<String, Error>> {
        Box::pin(async move {
            let said = said([("RoleName", role), ("PolicyName", name)]);
            let answer = self.call("GetRolePolicy", &said, Repeat::Always).await?;
            Ok(document(&answer, "PolicyDocument"))
        })
    }

    fn put_inline_policy<'a>(
        &'a self,
        role: &'a str,
        name: &'a str,
        policy: &'a str,
    ) -> BoxFuture<'a, Result<(), Error>> {
        self.done(
            "PutRolePolicy",
            said([
                ("RoleName", role),
                ("PolicyName", name),
                ("PolicyDocument", policy),
            ]),
        )
    }

    fn delete_inline_policy<'a>(
        &'a self,
        role: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<(), Error>> {
        self.done(
            "DeleteRolePolicy",
            said([("RoleName", role), ("PolicyName", name)]),
        )
    }

    fn attached_policies<'a>(&'a self, role: &'a str) -> BoxFuture<'a, Result<Vec<String>, Error>> {
        Box::pin(async move {
            let said = said([("RoleName", role)]);
            let found = self
                .all("ListAttachedRolePolicies", said, "AttachedPolicies")
                .await?;
            Ok(found
                .iter()
                .map(|policy| text(policy, "PolicyArn"))
                .collect())
        })
    }

    fn attach_policy<'a>(
        &'a self,
        role: &'a str,
        policy_arn: &'a str,
    ) -> BoxFuture<'a, Result<(), Error>> {
        self.done(
            "AttachRolePolicy",
            said([("RoleName", role), ("PolicyArn", policy_arn)]),
        )
    }

    fn detach_policy<'a>(
        &'a self,
        role: &'a str,
        policy_arn: &'a str,
    ) -> BoxFuture<'a, Result<(), Error>> {
        self.done(
            "DetachRolePolicy",
            said([("RoleName", role), ("PolicyArn", policy_arn)]),
        )
    }

    fn create_policy(&self, request: CreatePolicy) -> BoxFuture<'_, Result<Policy, Error>> {
        Box::pin(async move {
            let mut said = said([
                ("Path", request.path.as_str()),
                ("PolicyDocument", &request.policy),
                ("PolicyName", &request.name),
            ]);
            said.say_if("Description", request.description.as_deref());
            say_tags(&mut said, &request.tags);
            let answer = self
                .call("CreatePolicy", &said, Repeat::IfNotReached)
                .await?;
            Ok(policy(&answer))
        })
    }

    fn get_policy<'a>(&'a self, arn: &'a str) -> BoxFuture<'a, Result<Policy, Error>> {
        Box::pin(async move {
            let said = said([("PolicyArn", arn)]);
            Ok(policy(
                &self.call("GetPolicy", &said, Repeat::Always).await?,
            ))
        })
    }

    fn policy_text<'a>(
        &'a self,
        arn: &'a str,
        version: &'a str,
    ) -> BoxFuture<'a, Result<String, Error>> {
        Box::pin(async move {
            let said = said([("PolicyArn", arn), ("VersionId", version)]);
            let answer = self.call("GetPolicyVersion", &said, Repeat::Always).await?;
            let version = answer.get("PolicyVersion");
            Ok(version
                .map(|it| document(it, "Document"))
                .unwrap_or_default())
        })
    }

    fn create_policy_version<'a>(
        &'a self,
        arn: &'a str,
        policy: &'a str,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let said = said([
                ("PolicyArn", arn),
                ("PolicyDocument", policy),
                ("SetAsDefault", "true"),
            ]);
            self.call("CreatePolicyVersion", &said, Repeat::IfNotReached)
                .await
                .map(drop)
        })
    }

    fn policy_versions<'a>(
        &'a self,
        arn: &'a str,
    ) -> BoxFuture<'a, Result<Vec<PolicyVersion>, Error>> {
        Box::pin(async move {
            let said = said([("PolicyArn", arn)]);
            let found = self.all("ListPolicyVersions", said, "Versions").await?;
            Ok(found
                .iter()
                .map(|version| PolicyVersion {
                    id: text(version, "VersionId"),
                    is_default: version.flag("IsDefaultVersion"),
                    created: text(version, "CreateDate"),
                })
                .collect())
        })
    }

    fn delete_policy_version<'a>(
        &'a self,
        arn: &'a str,
        version: &'a str,
    ) -> BoxFuture<'a, Result<(), Error>> {
        self.done(
            "DeletePolicyVersion",
            said([("PolicyArn", arn), ("VersionId", version)]),
        )
    }

    fn delete_policy<'a>(&'a self, arn: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        self.done("DeletePolicy", said([("PolicyArn", arn)]))
    }

    fn tag<'a>(
        &'a self,
        subject: Subject<'a>,
        tags: &'a BTreeMap<String, String>,
    ) -> BoxFuture<'a, Result<(), Error>> {
        let (operation, mut said) = match subject {
            Subject::Role(name) => ("TagRole", said([("RoleName", name)])),
            Subject::Policy(arn) => ("TagPolicy", said([("PolicyArn", arn)])),
        };
        say_tags(&mut said, tags);
        self.done(operation, said)
    }

    fn untag<'a>(
        &'a self,
        subject: Subject<'a>,
        keys: &'a [String],
    ) -> BoxFuture<'a, Result<(), Error>> {
        let (operation, mut said) = match subject {
            Subject::Role(name) => ("UntagRole", said([("RoleName", name)])),
            Subject::Policy(arn) => ("UntagPolicy", said([("PolicyArn", arn)])),
        };
        said.list("TagKeys.member", keys);
        self.done(operation, said)
    }
}
