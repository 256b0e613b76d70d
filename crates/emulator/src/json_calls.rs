//! Calls of the small services that speak JSON 1.1: what is asked, where, and on what records.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::caller::Where;
use crate::dynamodb::wire::{self, Failure};
use crate::records::{Open, Records};

/// One call: where it goes and what it stands on.
pub(crate) struct Call<'a> {
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    pub(crate) records: Open<'a>,
    pub(crate) request: Value,
}

/// How a service names the members by which a list comes in parts.
pub(crate) struct Pages {
    /// How many the caller wants at most.
    pub(crate) limit: &'static str,
    /// Where the caller wants to go on.
    pub(crate) from: &'static str,
    /// Where the next part begins, in the answer.
    pub(crate) next: &'static str,
}

impl Call<'_> {
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.request.get(name).and_then(Value::as_str)
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.request.get(name).and_then(Value::as_bool)
    }

    pub(crate) fn whole(&self, name: &str) -> Option<i64> {
        self.request.get(name).and_then(Value::as_i64)
    }

    /// The texts of a list; none where it is not there.
    pub(crate) fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        let all = self.request.get(name).and_then(Value::as_array);
        all.into_iter().flatten().filter_map(Value::as_str)
    }

    /// A text that must be there.
    pub(crate) fn needed(&self, name: &str) -> Result<&str, Failure> {
        self.text(name).ok_or_else(|| null(name))
    }

    /// A number that must be there.
    pub(crate) fn needed_whole(&self, name: &str) -> Result<i64, Failure> {
        self.whole(name).ok_or_else(|| null(name))
    }

    /// `arn:aws:<service>:<region>:<account>:`
    pub(crate) fn prefix(&self, service: &str) -> String {
        let Call {
            account, region, ..
        } = *self;
        Where { account, region }.prefix(service)
    }

    /// A part of a list, at most `most` of it, by the mark that the part before it gave. Answers
    /// whether there is more.
    pub(crate) fn page(
        &self,
        pages: &Pages,
        list: &str,
        all: Vec<Value>,
        most: usize,
    ) -> (Value, bool) {
        let limit = self
            .whole(pages.limit)
            .and_then(|limit| usize::try_from(limit).ok())
            .unwrap_or(most)
            .clamp(1, most);
        let from: usize = self
            .text(pages.from)
            .and_then(|mark| mark.parse().ok())
            .unwrap_or(0);
        let more = all.len().saturating_sub(from) > limit;
        let page: Vec<Value> = all.into_iter().skip(from).take(limit).collect();
        let mut answer = json!({});
        answer[list] = Value::Array(page);
        if more {
            answer[pages.next] = json!((from + limit).to_string());
        }
        (answer, more)
    }
}

/// A member that must be there is not.
fn null(name: &str) -> Failure {
    let mut member = name.to_owned();
    if let Some(first) = member.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    broken(None, &member, "Member must not be null")
}

/// A value (none where it is not there) that breaks a rule of the service's model.
pub(crate) fn broken(value: Option<&str>, member: &str, rule: &str) -> Failure {
    let value = value.map_or_else(|| "null".to_owned(), |said| format!("'{said}'"));
    invalid(format!(
        "1 validation error detected: Value {value} at '{member}' failed to satisfy constraint: {rule}"
    ))
}

/// A number that has to lie between two others.
pub(crate) fn within(value: i64, member: &str, least: i64, most: i64) -> Result<(), Failure> {
    let rule = if value < least {
        format!("Member must have value greater than or equal to {least}")
    } else if value > most {
        format!("Member must have value less than or equal to {most}")
    } else {
        return Ok(());
    };
    Err(broken(Some(&value.to_string()), member, &rule))
}

/// An error of the service.
pub(crate) fn refused(code: &str, message: impl Into<String>) -> Failure {
    Failure::typed(400, code, message)
}

/// A request that the service does not take.
pub(crate) fn invalid(message: impl Into<String>) -> Failure {
    refused("ValidationException", message)
}

/// Seconds since the epoch, in parts of a second as the services give them.
pub(crate) fn now() -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds since 1970 fit a double exactly"
    )]
    let seconds = jiff::Timestamp::now().as_millisecond() as f64 / 1000.0;
    seconds
}

/// Answers one request by what `dispatch` makes of it; [`Value::Null`] is an empty answer.
pub(crate) fn answer(
    records: &Records,
    at: Where<'_>,
    body: &[u8],
    dispatch: impl FnOnce(&Call<'_>) -> Result<Value, Failure>,
) -> Response<Bytes> {
    let done = serde_json::from_slice::<Value>(body)
        .ok()
        .filter(Value::is_object)
        .ok_or_else(Failure::not_json)
        .and_then(|request| {
            let call = Call {
                account: at.account,
                region: at.region,
                records: records.open()?,
                request,
            };
            let done = dispatch(&call);
            // Of a refused call too: what it counted on the way stays.
            call.records.keep()?;
            done
        });
    match done {
        Ok(Value::Null) => wire::response(StatusCode::OK, Bytes::new()),
        Ok(body) => wire::response(StatusCode::OK, body.to_string().into()),
        Err(failure) => failure.response(),
    }
}
