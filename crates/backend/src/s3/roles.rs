//! The roles that a `backend "s3"` block assumes.

use std::time::Duration;

use trueup_aws::{AssumeRole, AssumeRoleWithWebIdentity};
use trueup_value::Value;

use crate::Error;
use crate::registry::{member, optional_string, string_map, strings};

/// The role of `assume_role`, or of OpenTofu's older flat arguments.
pub(super) fn assume_role(config: &Value) -> Result<Vec<AssumeRole>, Error> {
    let block = member(config, "assume_role")?;
    if block.is_null() {
        let Some(role_arn) = optional_string(config, "role_arn")?.filter(|arn| !arn.is_empty())
        else {
            return Ok(Vec::new());
        };
        return Ok(vec![AssumeRole {
            role_arn: role_text("role_arn", role_arn)?,
            session_name: optional_string(config, "session_name")?,
            external_id: optional_string(config, "external_id")?,
            ..AssumeRole::default()
        }]);
    }
    let role_arn = optional_string(&block, "role_arn")?.unwrap_or_default();
    Ok(vec![AssumeRole {
        role_arn: role_text("assume_role.role_arn", role_arn)?,
        session_name: optional_string(&block, "session_name")?,
        external_id: optional_string(&block, "external_id")?,
        duration: duration(&block, "assume_role.duration")?,
        policy: optional_string(&block, "policy")?,
        policy_arns: strings(&block, "policy_arns")?.into_iter().collect(),
        source_identity: optional_string(&block, "source_identity")?,
        tags: string_map(&block, "tags")?,
        transitive_tag_keys: strings(&block, "transitive_tag_keys")?
            .into_iter()
            .collect(),
    }])
}

/// The role of `assume_role_with_web_identity`.
pub(super) fn web_identity(config: &Value) -> Result<Option<AssumeRoleWithWebIdentity>, Error> {
    let block = member(config, "assume_role_with_web_identity")?;
    if block.is_null() {
        return Ok(None);
    }
    let token = optional_string(&block, "web_identity_token")?;
    let file = optional_string(&block, "web_identity_token_file")?;
    if token.is_some() == file.is_some() {
        return Err(Error::setting(
            "assume_role_with_web_identity",
            "exactly one of web_identity_token and web_identity_token_file is required",
        ));
    }
    let role_arn = optional_string(&block, "role_arn")?.unwrap_or_default();
    Ok(Some(AssumeRoleWithWebIdentity {
        role_arn: role_text("assume_role_with_web_identity.role_arn", role_arn)?,
        session_name: optional_string(&block, "session_name")?,
        duration: duration(&block, "assume_role_with_web_identity.duration")?,
        policy: optional_string(&block, "policy")?,
        policy_arns: strings(&block, "policy_arns")?.into_iter().collect(),
        web_identity_token: token,
        web_identity_token_file: file,
    }))
}

fn role_text(setting: &str, arn: String) -> Result<String, Error> {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
    if arn.starts_with("arn:") && resource.starts_with("role/") {
        Ok(arn)
    } else {
        Err(Error::setting(setting, "the ARN of a role is required"))
    }
}

fn duration(block: &Value, setting: &str) -> Result<Option<Duration>, Error> {
    let Some(text) = optional_string(block, "duration")? else {
        return Ok(None);
    };
    let length = go_duration(&text)
        .ok_or_else(|| Error::setting(setting, "a length of time such as \"1h30m\" is required"))?;
    let (least, most) = (Duration::from_secs(15 * 60), Duration::from_secs(12 * 3600));
    if length < least || length > most {
        return Err(Error::setting(setting, "it must lie between 15m and 12h"));
    }
    Ok(Some(length))
}

/// A length of time in hours, minutes, seconds and milliseconds, as Go writes them.
fn go_duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut total = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
        let amount: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let unit = rest
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(rest.len());
        total += amount
            * match &rest[..unit] {
                "h" => 3600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 0.001,
                _ => return None,
            };
        rest = &rest[unit..];
    }
    Duration::try_from_secs_f64(total).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_those_of_go() {
        assert_eq!(go_duration("1h30m"), Some(Duration::from_secs(5400)));
        assert_eq!(go_duration("900s"), Some(Duration::from_secs(900)));
        assert_eq!(go_duration("1.5h"), Some(Duration::from_secs(5400)));
        for text in ["", "5", "h", "1x", "1h5"] {
            assert_eq!(go_duration(text), None, "{text}");
        }
    }
}
