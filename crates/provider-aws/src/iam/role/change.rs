//! Making, changing and taking away a role.

use std::collections::{BTreeMap, BTreeSet};

use trueup_aws::Error;
use trueup_aws::iam::{Role, Subject};
use trueup_value::Value;

use super::Roles;
use super::model::{Found, attached, creation, inline};
use crate::iam::{PROPAGATION, has_dependents, not_known_yet};
use crate::lifecycle::{Create, Delete, Read as _, Update, Work};
use crate::made_up::{self, PREFIX};
use crate::members::{filled, flag, member, text, whole};
use crate::patience::patiently;
use crate::tags::changes;

impl Create for Roles {
    fn chosen(&self, wanted: &Value, token: &str) -> Option<String> {
        Some(made_up::chosen(wanted, PREFIX, token))
    }

    async fn make(&self, work: &Work<'_>, wanted: &Value) -> Result<Found, Error> {
        let request = creation(
            wanted,
            made_up::chosen(wanted, PREFIX, work.token),
            &self.tags,
        );
        let role = patiently(
            &self.aws,
            work.cx,
            "the principals of the role's policy to be known",
            PROPAGATION,
            not_known_yet,
            || self.iam.create_role(request.clone()),
        )
        .await?;
        Ok(Found {
            role: Role {
                tags: request.tags,
                ..role
            },
            ..Found::default()
        })
    }

    /// Gives it the policies that its block asks for.
    async fn complete(&self, _: &Work<'_>, made: &Value, wanted: &Value) -> Result<(), Error> {
        let name = self.named(made).unwrap_or_default();
        let nothing = (BTreeMap::new(), BTreeSet::new());
        self.set_policies(&name, nothing, wanted).await
    }
}

impl Update for Roles {
    async fn change(&self, work: &Work<'_>, old: &Value, new: &Value) -> Result<(), Error> {
        let name = &*self.named(old).unwrap_or_default();
        let (remove, put) = changes(&self.tags, old, new);
        let subject = Subject::Role(name);
        if !remove.is_empty() {
            self.iam.untag(subject, &remove).await?;
        }
        if !put.is_empty() {
            self.iam.tag(subject, &put).await?;
        }
        let differs =
            |name: &str| text(old, name).unwrap_or_default() != text(new, name).unwrap_or_default();
        if differs("assume_role_policy")
            && let Some(policy) = filled(new, "assume_role_policy")
        {
            patiently(
                &self.aws,
                work.cx,
                "the principals of the role's policy to be known",
                PROPAGATION,
                not_known_yet,
                || self.iam.update_assume_role_policy(name, policy),
            )
            .await?;
        }
        let session = |value: &Value| whole(value, "max_session_duration").unwrap_or(3600);
        if differs("description") || session(old) != session(new) {
            let description = text(new, "description").unwrap_or_default();
            self.iam
                .update_role(name, description, session(new))
                .await?;
        }
        if differs("permissions_boundary") {
            let bound = filled(new, "permissions_boundary");
            self.iam.set_permissions_boundary(name, bound).await?;
        }
        self.set_policies(name, (inline(old), attached(old)), new)
            .await
    }
}

impl Delete for Roles {
    /// Takes it away, with the policies that it is known or told to have.
    async fn end(&self, work: &Work<'_>, prior: &Value) -> Result<(), Error> {
        let name = self.named(prior).unwrap_or_default();
        self.strip(&name, prior).await?;
        patiently(
            &self.aws,
            work.cx,
            &format!("nothing to hang on role {name}"),
            PROPAGATION,
            has_dependents,
            || self.iam.delete_role(&name),
        )
        .await
    }
}

impl Roles {
    /// Gives a role the policies that a value asks for, where it speaks of them, and takes those away
    /// that it had.
    async fn set_policies(
        &self,
        name: &str,
        had: (BTreeMap<String, String>, BTreeSet<String>),
        wanted: &Value,
    ) -> Result<(), Error> {
        let (inline_before, attached_before) = had;
        if member(wanted, "inline_policy").is_some_and(Value::is_known) {
            let wanted = inline(wanted);
            for gone in inline_before.keys().filter(|it| !wanted.contains_key(*it)) {
                ignore_missing(self.iam.delete_inline_policy(name, gone).await)?;
            }
            for (policy, text) in &wanted {
                if inline_before.get(policy) != Some(text) {
                    self.iam.put_inline_policy(name, policy, text).await?;
                }
            }
        }
        if member(wanted, "managed_policy_arns").is_some_and(Value::is_known) {
            let wanted = attached(wanted);
            for gone in attached_before.difference(&wanted) {
                ignore_missing(self.iam.detach_policy(name, gone).await)?;
            }
            for arn in wanted.difference(&attached_before) {
                self.iam.attach_policy(name, arn).await?;
            }
        }
        Ok(())
    }

    async fn strip(&self, name: &str, prior: &Value) -> Result<(), Error> {
        let force = flag(prior, "force_detach_policies") == Some(true);
        if force || !attached(prior).is_empty() {
            for arn in self.iam.attached_policies(name).await? {
                ignore_missing(self.iam.detach_policy(name, &arn).await)?;
            }
        }
        if force || !inline(prior).is_empty() {
            for policy in self.iam.inline_policies(name).await? {
                ignore_missing(self.iam.delete_inline_policy(name, &policy).await)?;
            }
        }
        Ok(())
    }
}

/// What is gone already needs no taking away.
fn ignore_missing(done: Result<(), Error>) -> Result<(), Error> {
    match done {
        Err(error) if error.is_not_found() => Ok(()),
        other => other,
    }
}
