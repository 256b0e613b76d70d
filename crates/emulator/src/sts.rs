//! STS: who am I, and roles that lead to the same world.

use bytes::Bytes;
use http::{Response, StatusCode};

use crate::caller::{Where, partition};
use crate::escapes::xml_escaped;
use crate::query_calls::{Dialect, Form, Refusal, element, refused, told};

/// How STS speaks.
pub(crate) const DIALECT: Dialect = Dialect {
    namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    of_ec2: false,
    broken: "InternalFailure",
    lacks: |_| {
        refused(
            StatusCode::BAD_REQUEST,
            "ValidationError",
            "RoleArn and RoleSessionName are required",
        )
    },
};

/// Keys given out for a role live this long.
const DEFAULT_SECONDS: i64 = 3600;

/// Answers one request of the Query protocol; `keys` are id and secret of those that are given out.
pub(crate) fn answer(
    at: Where<'_>,
    access_key: Option<&str>,
    keys: (&str, &str),
    action: &str,
    form: &Form,
) -> Response<Bytes> {
    told(
        &DIALECT,
        action,
        dispatch(at, access_key, keys, action, form),
    )
}

fn dispatch(
    at: Where<'_>,
    access_key: Option<&str>,
    keys: (&str, &str),
    action: &str,
    form: &Form,
) -> Result<String, Refusal> {
    let account = at.account;
    let partition = partition(at.region);
    match action {
        "GetCallerIdentity" => Ok(format!(
            "<Arn>arn:{partition}:iam::{account}:root</Arn><UserId>{account}</UserId><Account>{account}</Account>"
        )),
        "AssumeRole" | "AssumeRoleWithWebIdentity" => {
            let needed = |name: &str| form.said(name).ok_or_else(|| (DIALECT.lacks)(name));
            let (role, session) = (needed("RoleArn")?, needed("RoleSessionName")?);
            let seconds = form
                .said("DurationSeconds")
                .and_then(|s| s.parse().ok())
                .unwrap_or(DEFAULT_SECONDS)
                .clamp(900, 43_200);
            Ok(format!(
                "<AssumedRoleUser><AssumedRoleId>AROAEMBEDDED000000000:{session}</AssumedRoleId>\
                 <Arn>arn:{partition}:sts::{account}:assumed-role/{role}/{session}</Arn></AssumedRoleUser>{}",
                credentials(keys, seconds),
                session = xml_escaped(session),
                role = xml_escaped(role.rsplit('/').next().unwrap_or(role)),
            ))
        }
        "GetSessionToken" => Ok(credentials(keys, DEFAULT_SECONDS)),
        "GetAccessKeyInfo" => Ok(element("Account", account)),
        _ => {
            tracing::debug!(action, key = access_key.is_some(), "unknown STS action");
            Err(refused(
                StatusCode::BAD_REQUEST,
                "InvalidAction",
                format!("Could not find operation {action} for version 2011-06-15"),
            ))
        }
    }
}

/// Keys that are given out, and when they end.
fn credentials((id, secret): (&str, &str), seconds: i64) -> String {
    let expiration = jiff::Timestamp::now()
        .checked_add(jiff::SignedDuration::from_secs(seconds))
        .unwrap_or(jiff::Timestamp::MAX)
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string();
    format!(
        "<Credentials>{}{}<SessionToken>embedded</SessionToken>{}</Credentials>",
        element("AccessKeyId", id),
        element("SecretAccessKey", secret),
        element("Expiration", &expiration),
    )
}
