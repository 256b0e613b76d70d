//! JSON 1.1, as the smaller services speak it: calls, lists in pages, and the members of answers.
use bytes::Bytes;
use serde_json::{Value, json};

use crate::message::{Message, json_refusal};
use crate::signed::{Repeat, Signed};
use crate::{Answer, Error};

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
pub(crate) struct Service {
    signed: Signed,
    dialect: Dialect,
}

impl Service {
    pub(crate) fn new(signed: Signed, dialect: Dialect) -> Self {
        Self { signed, dialect }
    }

    async fn sent(
        &self,
        operation: &'static str,
        body: &Value,
        repeat: Repeat,
    ) -> Result<Value, Error> {
        let message = Message {
            content_type: "application/x-amz-json-1.1",
            target: Some(format!("{}.{operation}", self.dialect.target)),
            body: Bytes::from(body.to_string()),
            refusal: json_refusal,
        };
        let answer = self.signed.repeated(operation, &message, repeat).await?;
        Ok(serde_json::from_slice(&answer).unwrap_or_default())
    }

    /// One operation, sent again as long as that may help.
    pub(crate) async fn call(&self, operation: &'static str, body: Value) -> Result<Value, Error> {
        self.sent(operation, &body, Repeat::Always).await
    }

    /// One operation that is not sent again where its answer was lost: a second one would have an effect
    /// of its own, or might be refused for what the first did.
    pub(crate) async fn once(&self, operation: &'static str, body: Value) -> Result<Value, Error> {
        self.sent(operation, &body, Repeat::IfNotReached).await
    }

    /// [`Service::call`] of a change that has nothing to tell.
    pub(crate) fn done(&self, operation: &'static str, body: Value) -> Answer<'_, ()> {
        Box::pin(async move { self.call(operation, body).await.map(drop) })
    }

    /// [`Service::once`] of a change that has nothing to tell.
    pub(crate) fn done_once(&self, operation: &'static str, body: Value) -> Answer<'_, ()> {
        Box::pin(async move { self.once(operation, body).await.map(drop) })
    }

    /// All elements of a list that comes in pages.
    pub(crate) async fn all(
        &self,
        operation: &'static str,
        mut body: Value,
        list: &str,
    ) -> Result<Vec<Value>, Error> {
        let mut all = Vec::new();
        loop {
            let mut answer = self.call(operation, body.clone()).await?;
            if let Some(Value::Array(mut page)) = answer.get_mut(list).map(Value::take) {
                all.append(&mut page);
            }
            match text(&answer, self.dialect.token).filter(|token| !token.is_empty()) {
                Some(token) => body[self.dialect.ask] = json!(token),
                None => return Ok(all),
            }
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
