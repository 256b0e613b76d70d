//! The Query protocol of older services: parameters in a form, answers in XML ([`crate::xml`]).
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

    /// The form that is sent.
    pub(crate) fn form(&self, action: &str, version: &str) -> String {
        let head = [("Action", action), ("Version", version)];
        let said = self.0.iter().map(|(name, value)| (&**name, &**value));
        let fields: Vec<String> = head
            .into_iter()
            .chain(said)
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        fields.join("&")
    }
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
        said.say("Tag.1.Value", "a b+ü~");
        assert_eq!(
            said.form("CreateVpc", "2016-11-15"),
            "Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0%2F16&VpcId.1=vpc-1&VpcId.2=vpc-2&Tag.1.Value=a%20b%2B%C3%BC~"
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
