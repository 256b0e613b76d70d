//! The Query protocol of older services: parameters in a form, answers in XML ([`crate::xml`]).

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::message::{Message, xml_refusal};
use crate::service;
use crate::xml::Element;

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
pub(crate) type Service = service::Service<Dialect>;

impl service::Dialect for Dialect {
    type Said = Parameters;
    type Told = Element;

    fn message(&self, operation: &str, parameters: &Parameters) -> Message {
        Message {
            content_type: "application/x-www-form-urlencoded; charset=utf-8",
            target: None,
            body: Bytes::from(parameters.form(operation, self.version)),
            refusal: xml_refusal,
        }
    }

    fn told(&self, operation: &str, answer: &Bytes) -> Element {
        let answer = Element::of_answer(answer);
        if !self.result {
            return answer;
        }
        let result = format!("{operation}Result");
        answer.get(&result).cloned().unwrap_or_default()
    }

    fn next(&self, answer: &Element) -> Option<String> {
        let goes_on = self.more.is_none_or(|more| answer.flag(more));
        answer.text(self.token).filter(|_| goes_on)
    }

    fn go_on(&self, parameters: &mut Parameters, token: String) {
        parameters.say(self.ask, token);
    }

    fn elements(answer: Element, list: &str) -> Vec<Element> {
        answer.list(list).to_vec()
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
