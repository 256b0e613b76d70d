//! KMS: keys, their aliases, policies, rotation, tags and deletion; and the default keys of services.

mod aliases;
mod defaults;
mod keys;
mod policy;
mod settings;

pub(crate) use defaults::{alias_key_arn, default_key_arn};

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::caller::partition;
use crate::dynamodb::wire::{self, Failure};
use crate::records::{Open, Records};

/// One call: where it goes and what it stands on.
struct Call<'a> {
    account: &'a str,
    region: &'a str,
    records: Open<'a>,
    request: Value,
}

impl Call<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.request.get(name).and_then(Value::as_str)
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.request.get(name).and_then(Value::as_bool)
    }

    fn whole(&self, name: &str) -> Option<i64> {
        self.request.get(name).and_then(Value::as_i64)
    }

    /// A text that must be there.
    fn needed(&self, name: &str) -> Result<&str, Failure> {
        self.text(name).ok_or_else(|| {
            let mut member = name.to_owned();
            if let Some(first) = member.get_mut(..1) {
                first.make_ascii_lowercase();
            }
            invalid(format!(
                "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
            ))
        })
    }

    /// `arn:aws:kms:<region>:<account>:`
    fn prefix(&self) -> String {
        format!(
            "arn:{}:kms:{}:{}:",
            partition(self.region),
            self.region,
            self.account
        )
    }

    /// A part of a list, by the marker that the part before it gave.
    fn page(&self, list: &str, all: Vec<Value>, most: i64) -> Value {
        let limit = self.whole("Limit").unwrap_or(most).clamp(1, most);
        let limit = usize::try_from(limit).unwrap_or(1);
        let from: usize = self
            .text("Marker")
            .and_then(|marker| marker.parse().ok())
            .unwrap_or(0);
        let rest = all.len().saturating_sub(from);
        let page: Vec<Value> = all.into_iter().skip(from).take(limit).collect();
        let mut answer = json!({"Truncated": rest > limit});
        if rest > limit {
            answer["NextMarker"] = json!((from + limit).to_string());
        }
        answer[list] = Value::Array(page);
        answer
    }
}

/// An error of the service.
fn refused(code: &str, message: impl Into<String>) -> Failure {
    Failure::typed(400, code, message)
}

/// A request that breaks the service's model.
fn invalid(message: impl Into<String>) -> Failure {
    refused("ValidationException", message)
}

/// Seconds since the epoch, in parts of a second as the service gives them.
fn now() -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds since 1970 fit a double exactly"
    )]
    let seconds = jiff::Timestamp::now().as_millisecond() as f64 / 1000.0;
    seconds
}

/// Answers one request.
pub(crate) fn answer(
    records: &Records,
    account: &str,
    region: &str,
    operation: &str,
    body: &[u8],
) -> Response<Bytes> {
    let done = serde_json::from_slice::<Value>(body)
        .ok()
        .filter(Value::is_object)
        .ok_or_else(Failure::not_json)
        .and_then(|request| {
            let call = Call {
                account,
                region,
                records: records.open()?,
                request,
            };
            dispatch(&call, operation)
        });
    match done {
        Ok(Value::Null) => wire::response(StatusCode::OK, Bytes::new()),
        Ok(body) => wire::response(StatusCode::OK, body.to_string().into()),
        Err(failure) => failure.response(),
    }
}

fn dispatch(call: &Call<'_>, operation: &str) -> Result<Value, Failure> {
    match operation {
        "CreateKey" => keys::create(call),
        "DescribeKey" => keys::describe(call),
        "ListKeys" => keys::list(call),
        "EnableKey" => keys::enable(call, true),
        "DisableKey" => keys::enable(call, false),
        "UpdateKeyDescription" => keys::update_description(call),
        "ScheduleKeyDeletion" => keys::schedule_deletion(call),
        "CancelKeyDeletion" => keys::cancel_deletion(call),
        "GetKeyPolicy" => policy::get(call),
        "PutKeyPolicy" => policy::put(call),
        "ListKeyPolicies" => policy::list(call),
        "GetKeyRotationStatus" => settings::rotation(call),
        "EnableKeyRotation" => settings::rotate(call, true),
        "DisableKeyRotation" => settings::rotate(call, false),
        "ListResourceTags" => settings::tags(call),
        "TagResource" => settings::tag(call),
        "UntagResource" => settings::untag(call),
        "ListAliases" => aliases::list(call),
        "CreateAlias" => aliases::create(call),
        "UpdateAlias" => aliases::update(call),
        "DeleteAlias" => aliases::delete(call),
        _ => Err(Failure::unknown_operation()),
    }
}
