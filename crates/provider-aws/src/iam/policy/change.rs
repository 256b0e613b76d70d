//! Making, changing and taking away a policy.

use trueup_aws::Error;
use trueup_aws::iam::{CreatePolicy, Policy, Subject};
use trueup_value::Value;

use super::Policies;
use super::model::Found;
use crate::iam::{PROPAGATION, has_dependents};
use crate::iam_policy::equivalent;
use crate::lifecycle::{Create, Delete, Read as _, Update, Work};
use crate::made_up::{self, PREFIX};
use crate::members::{filled, text, text_map};
use crate::patience::patiently;
use crate::tags::changes;

/// How many versions a policy may have.
const VERSIONS: usize = 5;

impl Create for Policies {
    fn chosen(&self, wanted: &Value, token: &str) -> Option<String> {
        Some(made_up::chosen(wanted, PREFIX, token))
    }

    async fn make(&self, work: &Work<'_>, wanted: &Value) -> Result<Found, Error> {
        let owned = |name: &str| filled(wanted, name).map(str::to_owned);
        let request = CreatePolicy {
            name: made_up::chosen(wanted, PREFIX, work.token),
            path: owned("path").unwrap_or_else(|| "/".to_owned()),
            policy: owned("policy").unwrap_or_default(),
            description: owned("description"),
            tags: self.tags.to_send(&text_map(wanted, "tags")),
        };
        let (text, tags) = (request.policy.clone(), request.tags.clone());
        let policy = self.iam.create_policy(request).await?;
        let policy = Policy { tags, ..policy };
        Ok(Found { policy, text })
    }
}

impl Update for Policies {
    async fn change(&self, _work: &Work<'_>, old: &Value, new: &Value) -> Result<(), Error> {
        let arn = &*self.named(old).unwrap_or_default();
        let (remove, put) = changes(&self.tags, old, new);
        if !remove.is_empty() {
            self.iam.untag(Subject::Policy(arn), &remove).await?;
        }
        if !put.is_empty() {
            self.iam.tag(Subject::Policy(arn), &put).await?;
        }
        if text(old, "policy") == text(new, "policy") {
            return Ok(());
        }
        self.make_room(arn).await?;
        let policy = filled(new, "policy").unwrap_or_default();
        match self.iam.create_policy_version(arn, policy).await {
            // The version may be there: then it counts, and says what was wanted.
            Err(error) if error.lost_answer() => match self.find(old).await? {
                Some(found) if equivalent(&found.text, policy) => Ok(()),
                _ => Err(error),
            },
            other => other,
        }
    }
}

impl Delete for Policies {
    /// Takes it away, after its versions that do not count.
    async fn end(&self, work: &Work<'_>, prior: &Value) -> Result<(), Error> {
        let arn = self.named(prior).unwrap_or_default();
        self.forget_versions(&arn).await?;
        patiently(
            &self.aws,
            work.cx,
            &format!("policy {arn} to hang on nothing"),
            PROPAGATION,
            has_dependents,
            || self.iam.delete_policy(&arn),
        )
        .await
    }
}

impl Policies {
    /// Deletes the oldest version that does not count, where there is no room for another.
    async fn make_room(&self, arn: &str) -> Result<(), Error> {
        let mut versions = self.iam.policy_versions(arn).await?;
        if versions.len() < VERSIONS {
            return Ok(());
        }
        versions.retain(|version| !version.is_default);
        let number = |id: &str| id.trim_start_matches('v').parse::<u64>().unwrap_or(0);
        let oldest = versions.into_iter().min_by(|a, b| {
            let age = a.created.cmp(&b.created);
            age.then(number(&a.id).cmp(&number(&b.id)))
        });
        match oldest {
            Some(oldest) => self.iam.delete_policy_version(arn, &oldest.id).await,
            None => Ok(()),
        }
    }

    async fn forget_versions(&self, arn: &str) -> Result<(), Error> {
        for version in self.iam.policy_versions(arn).await? {
            if version.is_default {
                continue;
            }
            match self.iam.delete_policy_version(arn, &version.id).await {
                Err(error) if !error.is_not_found() => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}
