//! Credentials of assumed roles, renewed when they run out.
use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, future};
use aws_sdk_sts::types as sdk;

use crate::calls::send;
use crate::failure::invalid;
use crate::{AssumeRole, AssumeRoleWithWebIdentity, Error};

const SERVICE: &str = "STS";
/// The session's name in audit logs when the settings give none.
const SESSION_NAME: &str = "trueup";

/// Assumes a role with the credentials of the STS client it holds.
#[derive(Debug)]
pub(crate) struct Role {
    pub(crate) sts: aws_sdk_sts::Client,
    pub(crate) role: AssumeRole,
}

/// Assumes a role with a token.
#[derive(Debug)]
pub(crate) struct RoleByToken {
    pub(crate) sts: aws_sdk_sts::Client,
    pub(crate) role: AssumeRoleWithWebIdentity,
}

impl ProvideCredentials for Role {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async { named(&self.role.role_arn, self.assume().await) })
    }
}

impl ProvideCredentials for RoleByToken {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async { named(&self.role.role_arn, self.assume().await) })
    }
}

/// Says which role it was.
fn named(role_arn: &str, result: Result<Credentials, Error>) -> provider::Result {
    result.map_err(|error| {
        CredentialsError::provider_error(match error {
            Error::NoCredentials { .. } | Error::RoleNotAssumed { .. } => error,
            other => Error::RoleNotAssumed {
                role_arn: role_arn.to_owned(),
                detail: other.to_string(),
            },
        })
    })
}

impl Role {
    async fn assume(&self) -> Result<Credentials, Error> {
        const OP: &str = "AssumeRole";
        let r = &self.role;
        let tags = r
            .tags
            .iter()
            .map(|(k, v)| sdk::Tag::builder().key(k).value(v).build())
            .collect::<Result<Vec<_>, _>>()
            .map_err(invalid(SERVICE, OP))?;
        let transitive: Vec<String> = r.transitive_tag_keys.iter().cloned().collect();
        let call = self
            .sts
            .assume_role()
            .role_arn(&r.role_arn)
            .role_session_name(r.session_name.as_deref().unwrap_or(SESSION_NAME))
            .set_external_id(r.external_id.clone())
            .set_duration_seconds(seconds(r.duration))
            .set_policy(r.policy.clone())
            .set_policy_arns(policies(&r.policy_arns))
            .set_source_identity(r.source_identity.clone())
            .set_tags((!tags.is_empty()).then_some(tags))
            .set_transitive_tag_keys((!transitive.is_empty()).then_some(transitive));
        let output = send(SERVICE, OP, call.send()).await?;
        credentials(OP, output.credentials)
    }
}

impl RoleByToken {
    async fn assume(&self) -> Result<Credentials, Error> {
        const OP: &str = "AssumeRoleWithWebIdentity";
        let r = &self.role;
        let call = self
            .sts
            .assume_role_with_web_identity()
            .role_arn(&r.role_arn)
            .role_session_name(r.session_name.as_deref().unwrap_or(SESSION_NAME))
            .web_identity_token(self.token().await?)
            .set_duration_seconds(seconds(r.duration))
            .set_policy(r.policy.clone())
            .set_policy_arns(policies(&r.policy_arns));
        let output = send(SERVICE, OP, call.send()).await?;
        credentials(OP, output.credentials)
    }

    async fn token(&self) -> Result<String, Error> {
        let setting = "assume_role_with_web_identity";
        match (
            &self.role.web_identity_token,
            &self.role.web_identity_token_file,
        ) {
            (Some(token), None) => Ok(token.clone()),
            (None, Some(path)) => {
                let path = path.clone();
                let read = tokio::task::spawn_blocking(move || {
                    std::fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"))
                });
                match read.await {
                    Ok(Ok(token)) => Ok(token.trim().to_owned()),
                    Ok(Err(detail)) => Err(Error::Settings { setting, detail }),
                    Err(stopped) => Err(Error::Settings {
                        setting,
                        detail: stopped.to_string(),
                    }),
                }
            }
            _ => Err(Error::Settings {
                setting,
                detail: "exactly one of web_identity_token and web_identity_token_file is wanted"
                    .to_owned(),
            }),
        }
    }
}

fn seconds(duration: Option<Duration>) -> Option<i32> {
    duration.and_then(|d| i32::try_from(d.as_secs()).ok())
}

fn policies(arns: &BTreeSet<String>) -> Option<Vec<sdk::PolicyDescriptorType>> {
    (!arns.is_empty()).then(|| {
        arns.iter()
            .map(|arn| sdk::PolicyDescriptorType::builder().arn(arn).build())
            .collect()
    })
}

fn credentials(
    operation: &'static str,
    given: Option<sdk::Credentials>,
) -> Result<Credentials, Error> {
    let given = given.ok_or_else(|| Error::Invalid {
        service: SERVICE,
        operation,
        detail: "the answer holds no credentials".to_owned(),
    })?;
    Ok(Credentials::new(
        given.access_key_id,
        given.secret_access_key,
        Some(given.session_token),
        SystemTime::try_from(given.expiration).ok(),
        operation,
    ))
}
