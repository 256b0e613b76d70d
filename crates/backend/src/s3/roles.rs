//! The roles that a `backend "s3"` block assumes. What is wrong with them was said before: see `rules`.

use std::time::Duration;

use trueup_aws::{AssumeRole, AssumeRoleWithWebIdentity, Environment, parse_duration};
use trueup_value::Value;

use crate::Error;
use crate::registry::{member, optional_string, optional_whole, string_map, strings};

/// The role of `assume_role`, or of OpenTofu's older flat arguments.
pub(super) fn assume_role(config: &Value) -> Result<Vec<AssumeRole>, Error> {
    let block = member(config, "assume_role")?;
    if !block.is_null() {
        return Ok(vec![AssumeRole {
            role_arn: optional_string(&block, "role_arn")?.unwrap_or_default(),
            session_name: optional_string(&block, "session_name")?,
            external_id: optional_string(&block, "external_id")?,
            duration: duration(&block)?,
            policy: optional_string(&block, "policy")?,
            policy_arns: strings(&block, "policy_arns")?.into_iter().collect(),
            source_identity: optional_string(&block, "source_identity")?,
            tags: string_map(&block, "tags")?,
            transitive_tag_keys: strings(&block, "transitive_tag_keys")?
                .into_iter()
                .collect(),
        }]);
    }
    let Some(role_arn) = optional_string(config, "role_arn")?.filter(|arn| !arn.is_empty()) else {
        return Ok(Vec::new());
    };
    let seconds = optional_whole(config, "assume_role_duration_seconds")?;
    Ok(vec![AssumeRole {
        role_arn,
        session_name: optional_string(config, "session_name")?,
        external_id: optional_string(config, "external_id")?,
        duration: seconds
            .and_then(|seconds| u64::try_from(seconds).ok())
            .map(Duration::from_secs),
        policy: optional_string(config, "assume_role_policy")?,
        policy_arns: strings(config, "assume_role_policy_arns")?
            .into_iter()
            .collect(),
        source_identity: None,
        tags: string_map(config, "assume_role_tags")?,
        transitive_tag_keys: strings(config, "assume_role_transitive_tag_keys")?
            .into_iter()
            .collect(),
    }])
}

/// The role of `assume_role_with_web_identity`; what it leaves open the environment says.
pub(super) fn web_identity(
    config: &Value,
    environment: &Environment,
) -> Result<Option<AssumeRoleWithWebIdentity>, Error> {
    let block = member(config, "assume_role_with_web_identity")?;
    if block.is_null() {
        return Ok(None);
    }
    let outside = |name: &str| environment.get(name).map(str::to_owned);
    let mut token = optional_string(&block, "web_identity_token")?;
    let mut file = optional_string(&block, "web_identity_token_file")?;
    if token.is_none() && file.is_none() {
        token = outside("AWS_WEB_IDENTITY_TOKEN");
        file = outside("AWS_WEB_IDENTITY_TOKEN_FILE").filter(|_| token.is_none());
    }
    Ok(Some(AssumeRoleWithWebIdentity {
        role_arn: optional_string(&block, "role_arn")?
            .or_else(|| outside("AWS_ROLE_ARN"))
            .unwrap_or_default(),
        session_name: optional_string(&block, "session_name")?
            .or_else(|| outside("AWS_ROLE_SESSION_NAME")),
        duration: duration(&block)?,
        policy: optional_string(&block, "policy")?,
        policy_arns: strings(&block, "policy_arns")?.into_iter().collect(),
        web_identity_token: token,
        web_identity_token_file: file.map(|path| environment.path(&path)),
    }))
}

fn duration(block: &Value) -> Result<Option<Duration>, Error> {
    let text = optional_string(block, "duration")?;
    Ok(text
        .and_then(|text| parse_duration(&text).ok())
        .and_then(|length| u64::try_from(length).ok())
        .map(Duration::from_nanos))
}
