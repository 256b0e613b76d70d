//! JSON 1.1, as the smaller services speak it: calls, pages, and the members of answers.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::message::{Message, json_refusal};
use crate::service;

/// How one service speaks.
pub(crate) struct Dialect {
    /// What stands before the operation in `X-Amz-Target`.
    pub(crate) target: &'static str,
    /// The member that asks for the page of a list behind this token.
    pub(crate) ask: &'static str,
    /// The member of an answer that holds the next page's token.
    pub(crate) token: &'static str,
}

/// A service that speaks JSON 1.1.
pub(crate) type Service = service::Service<Dialect>;

impl service::Dialect for Dialect {
    type Said = Value;
    type Told = Value;

    fn message(&self, operation: &str, body: &Value) -> Message {
        Message {
            content_type: "application/x-amz-json-1.1",
            target: Some(format!("{}.{operation}", self.target)),
            body: Bytes::from(body.to_string()),
            refusal: json_refusal,
        }
    }

    fn told(&self, _: &str, answer: &Bytes) -> Value {
        serde_json::from_slice(answer).unwrap_or_default()
    }

    fn next(&self, answer: &Value) -> Option<String> {
        text(answer, self.token).filter(|token| !token.is_empty())
    }

    fn go_on(&self, body: &mut Value, token: String) {
        body[self.ask] = json!(token);
    }

    fn elements(mut answer: Value, list: &str) -> Vec<Value> {
        match answer.get_mut(list).map(Value::take) {
            Some(Value::Array(elements)) => elements,
            _ => Vec::new(),
        }
    }
}

/// The text of a member.
pub(crate) fn text(of: &Value, name: &str) -> Option<String> {
    of.get(name).and_then(Value::as_str).map(str::to_owned)
}

/// The text of a member; empty where there is none.
pub(crate) fn text_or_empty(of: &Value, name: &str) -> String {
    text(of, name).unwrap_or_default()
}

/// A member that is true or false.
pub(crate) fn flag(of: &Value, name: &str) -> Option<bool> {
    of.get(name).and_then(Value::as_bool)
}

/// A member that is a whole number, also where it is written as `60.0`.
pub(crate) fn whole(of: &Value, name: &str) -> Option<i64> {
    let number = of.get(name)?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "seconds, days and units are small whole numbers"
    )]
    number
        .as_i64()
        .or_else(|| number.as_f64().map(|number| number as i64))
}

/// The elements of a list; none where it is not there.
pub(crate) fn list<'v>(of: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    let all = of.get(name).and_then(Value::as_array);
    all.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read_and_what_is_of_another_kind_is_none() {
        let answer =
            json!({"Name": "orders", "On": true, "Days": 90.0, "Keys": ["a", "b"], "Null": null});
        assert_eq!(text(&answer, "Name").as_deref(), Some("orders"));
        assert_eq!(flag(&answer, "On"), Some(true));
        assert_eq!(whole(&answer, "Days"), Some(90));
        assert_eq!(list(&answer, "Keys").count(), 2);
        for absent in ["Null", "None"] {
            assert_eq!(text(&answer, absent), None);
            assert_eq!(text_or_empty(&answer, absent), "");
            assert_eq!(flag(&answer, absent), None);
            assert_eq!(whole(&answer, absent), None);
            assert_eq!(list(&answer, absent).count(), 0);
        }
        assert_eq!(whole(&answer, "Name"), None);
        assert_eq!(list(&json!("no object"), "Keys").count(), 0);
    }
}
