//! STS: who am I, and roles that lead to the same world.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode};

use crate::caller::partition;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// Keys given out for a role live this long.
const DEFAULT_SECONDS: i64 = 3600;

/// Answers one request of the Query protocol; `form` holds its parameters.
pub(crate) fn answer(
    account: &str,
    region: &str,
    access_key: Option<&str>,
    keys: (&str, &str),
    action: &str,
    form: &[(String, String)],
) -> Response<Bytes> {
    let field = |name: &str| {
        form.iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    };
    let partition = partition(region);
    match action {
        "GetCallerIdentity" => result(
            "GetCallerIdentity",
            &format!(
                "<Arn>arn:{partition}:iam::{account}:root</Arn><UserId>{account}</UserId><Account>{account}</Account>"
            ),
        ),
        "AssumeRole" | "AssumeRoleWithWebIdentity" => {
            let (Some(role), Some(session)) = (field("RoleArn"), field("RoleSessionName")) else {
                return error(
                    StatusCode::BAD_REQUEST,
                    "ValidationError",
                    "RoleArn and RoleSessionName are required",
                );
            };
            let seconds = field("DurationSeconds")
                .and_then(|s| s.parse().ok())
                .unwrap_or(DEFAULT_SECONDS)
                .clamp(900, 43_200);
            let expiration = jiff::Timestamp::now()
                .checked_add(jiff::SignedDuration::from_secs(seconds))
                .unwrap_or(jiff::Timestamp::MAX);
            let role_name = role.rsplit('/').next().unwrap_or(role);
            let (id, secret) = keys;
            let body = format!(
                "<AssumedRoleUser><AssumedRoleId>AROAEMBEDDED000000000:{session}</AssumedRoleId>\
                 <Arn>arn:{partition}:sts::{account}:assumed-role/{role}/{session}</Arn></AssumedRoleUser>\
                 <Credentials><AccessKeyId>{id}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>\
                 <SessionToken>embedded</SessionToken><Expiration>{expiration}</Expiration></Credentials>",
                session = escaped(session),
                role = escaped(role_name),
                id = escaped(id),
                secret = escaped(secret),
                expiration = expiration.strftime("%Y-%m-%dT%H:%M:%SZ"),
            );
            result(action, &body)
        }
        "GetSessionToken" => {
            let (id, secret) = keys;
            let expiration = jiff::Timestamp::now()
                .checked_add(jiff::SignedDuration::from_secs(DEFAULT_SECONDS))
                .unwrap_or(jiff::Timestamp::MAX);
            result(
                action,
                &format!(
                    "<Credentials><AccessKeyId>{}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey>\
                     <SessionToken>embedded</SessionToken><Expiration>{}</Expiration></Credentials>",
                    escaped(id),
                    escaped(secret),
                    expiration.strftime("%Y-%m-%dT%H:%M:%SZ"),
                ),
            )
        }
        "GetAccessKeyInfo" => result(action, &format!("<Account>{account}</Account>")),
        _ => {
            tracing::debug!(action, key = access_key.is_some(), "unknown STS action");
            error(
                StatusCode::BAD_REQUEST,
                "InvalidAction",
                &format!("Could not find operation {action} for version 2011-06-15"),
            )
        }
    }
}

fn result(action: &str, body: &str) -> Response<Bytes> {
    let id = uuid::Uuid::new_v4();
    xml(
        StatusCode::OK,
        &id,
        format!(
            "<{action}Response xmlns=\"{NAMESPACE}\"><{action}Result>{body}</{action}Result>\
             <ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata></{action}Response>"
        ),
    )
}

/// An error of the Query protocol.
pub(crate) fn error(status: StatusCode, code: &str, message: &str) -> Response<Bytes> {
    let id = uuid::Uuid::new_v4();
    let kind = if status.is_server_error() {
        "Receiver"
    } else {
        "Sender"
    };
    xml(
        status,
        &id,
        format!(
            "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>{kind}</Type><Code>{code}</Code>\
             <Message>{}</Message></Error><RequestId>{id}</RequestId></ErrorResponse>",
            escaped(message)
        ),
    )
}

/// An XML answer with its request id.
pub(crate) fn xml(status: StatusCode, id: &uuid::Uuid, body: String) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::from(body));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(
        http::header::CONTENT_TYPE,
        HeaderValue::from_static("text/xml"),
    );
    if let Ok(id) = HeaderValue::from_str(&id.to_string()) {
        headers.insert("x-amzn-requestid", id);
    }
    answer
}

/// A text as XML content.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
