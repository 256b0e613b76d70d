//! The Query protocol of older services: parameters in a form, answers in XML ([`crate::xml`]).
use std::collections::BTreeMap;

use crate::message::{Message, xml_refusal};
use crate::signed::{Repeat, Signed};
use crate::xml::Element;
use crate::{Answer, Error};
use bytes::Bytes;

/// How one service speaks the protocol.
pub(crate) struct Dialect {
    /// The version of its API, which every call names.
    pub(crate) version: &'static str,
    /// Whether an answer is in an element `<Operation>Result`.
    pub(crate) result: bool,
    /// The parameter that asks for the page of a list behind this token.
    pub(crate) ask: &'static str,
    /// The element of an answer that holds the next page's token.
    pub(crate) token: &'static str,
    /// The element that says whether the token counts; `None` where a token always does.
    pub(crate) more: Option<&'static str>,
}

/// A service that speaks the protocol.
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
        parameters: &Parameters,
        repeat: Repeat,
    ) -> Result<Element, Error> {
        let message = Message {
            content_type: "application/x-www-form-urlencoded; charset=utf-8",
            target: None,
            body: Bytes::from(parameters.form(operation, self.dialect.version)),
            refusal: xml_refusal,
        };
        let answer = self.signed.repeated(operation, &message, repeat).await?;
        let answer = Element::of_answer(&answer);
        if !self.dialect.result {
            return Ok(answer);
        }
        let result = format!("{operation}Result");
        Ok(answer.get(&result).cloned().unwrap_or_default())
    }

    /// One operation, sent again as long as that may help; answers what the service has to tell.
    pub(crate) async fn call(
        &self,
        operation: &'static str,
        parameters: impl Into<Parameters>,
    ) -> Result<Element, Error> {
        let parameters = parameters.into();
        self.sent(operation, &parameters, Repeat::Always).await
    }

    /// One operation that is not sent again where its answer was lost: a second one would have an effect
    /// of its own.
    pub(crate) async fn once(
        &self,
        operation: &'static str,
        parameters: impl Into<Parameters>,
    ) -> Result<Element, Error> {
        let parameters = parameters.into();
        self.sent(operation, &parameters, Repeat::IfNotReached)
            .await
    }

    /// [`Service::call`] of a change that has nothing to tell.
    pub(crate) fn done<'a>(
        &'a self,
        operation: &'static str,
        parameters: impl Into<Parameters>,
    ) -> Answer<'a, ()> {
        let parameters = parameters.into();
        Box::pin(async move { self.call(operation, parameters).await.map(drop) })
    }

    /// All elements of a list that comes in pages.
    pub(crate) async fn all(
        &self,
        operation: &'static str,
        parameters: impl Into<Parameters>,
        list: &str,
    ) -> Result<Vec<Element>, Error> {
        let Dialect {
            ask, token, more, ..
        } = self.dialect;
        let first = parameters.into();
        let mut all = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let mut parameters = first.clone();
            parameters.say_if(ask, next.as_deref());
            let answer = self.call(operation, parameters).await?;
            all.extend_from_slice(answer.list(list));
            let goes_on = more.is_none_or(|more| answer.flag(more));
            next = answer.text(token).filter(|_| goes_on);
            if next.is_none() {
                return Ok(all);
            }
        }
    }
}

/// The parameters of a call, in the order in which they are said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// A parameter.
    pub(crate) fn say(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// A parameter, where there is a value.
    pub(crate) fn say_if(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.say(name, value);
        }
    }

    /// `Name.1`, `Name.2`, … for each value.
    pub(crate) fn list<T: AsRef<str>>(&mut self, name: &str, values: &[T]) {
        for (n, value) in values.iter().enumerate() {
            self.say(format!("{name}.{}", n + 1), value.as_ref());
        }
    }

    /// `Name.1.Key`, `Name.1.Value`, … for each tag.
    pub(crate) fn tags(&mut self, name: &str, tags: &BTreeMap<String, String>) {
        for (n, (key, value)) in tags.iter().enumerate() {
            let n = n + 1;
            self.say(format!("{name}.{n}.Key"), key);
            self.say(format!("{name}.{n}.Value"), value);
        }
    }

    /// The form that is sent.
    fn form(&self, action: &str, version: &str) -> String {
        let head = [("Action", action), ("Version", version)];
        let said = self.0.iter().map(|(name, value)| (&**name, &**value));
        form(head.into_iter().chain(said))
    }
}

/// Names from literals with their values.
impl<const N: usize> From<[(&str, &str); N]> for Parameters {
    fn from(pairs: [(&str, &str); N]) -> Self {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Self(pairs.into_iter().map(owned).collect())
    }
}

/// Names and values as a form: `name=value&…`, percent-encoded.
pub(crate) fn form<'a>(fields: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let fields: Vec<String> = fields
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    fields.join("&")
}

/// A text as it may stand in a form: everything but unreserved characters by its bytes.
fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A text whose bytes are written as `%41`.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = |at: usize| char::from(*tail.get(at)?).to_digit(16);
        match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_says_everything_in_unreserved_characters() {
        let mut said = Parameters::default();
        said.say("CidrBlock", "10.0.0.0/16");
        said.say_if("Absent", None);
        said.list("VpcId", &["vpc-1", "vpc-2"]);
        said.tags("Tag", &BTreeMap::from([("k".into(), "a b+ü~".into())]));
        assert_eq!(
            said.form("CreateVpc", "2016-11-15"),
            "Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0%2F16&VpcId.1=vpc-1&VpcId.2=vpc-2&Tag.1.Key=k&Tag.1.Value=a%20b%2B%C3%BC~"
        );
    }

    #[test]
    fn what_is_encoded_is_decoded() {
        for text in ["{\"a\": \"b+c\"}", "ü%", "%4", "plain"] {
            assert_eq!(decoded(&encoded(text)), text);
        }
        assert_eq!(decoded("a%2Gb%7B%"), "a%2Gb{%");
    }
}
