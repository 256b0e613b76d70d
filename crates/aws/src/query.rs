//! The Query protocol of older services: parameters in a form, answers in XML.
use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::Event;

/// How deep an answer may be nested; those of AWS stay far below.
const DEPTH: usize = 64;

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

/// An element of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

impl Element {
    /// Reads an answer. What is no XML is an element without a name, as is an answer that breaks off.
    pub(crate) fn read(answer: &[u8]) -> Element {
        parsed(answer).unwrap_or_default()
    }

    /// The first child of that name.
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The elements of a list: the children of the child of that name.
    pub(crate) fn list(&self, name: &str) -> &[Element] {
        self.child(name).map_or(&[], |list| &list.children)
    }

    /// The text of a child, where it is there and not empty.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let text = self.child(name)?.text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Whether the text of a child is `true`.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.text(name).as_deref() == Some("true")
    }
}

fn parsed(answer: &[u8]) -> Option<Element> {
    let text = std::str::from_utf8(answer).ok()?;
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut whole = None;
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) if open.len() < DEPTH => open.push(Element {
                name: local(start.local_name().as_ref()),
                ..Element::default()
            }),
            Event::Start(_) => return None,
            Event::Empty(empty) => close(
                &mut open,
                &mut whole,
                Element {
                    name: local(empty.local_name().as_ref()),
                    ..Element::default()
                },
            ),
            Event::End(_) => {
                let done = open.pop()?;
                close(&mut open, &mut whole, done);
            }
            Event::Text(text) => add(&mut open, &text.decode().ok()?),
            Event::CData(text) => add(&mut open, &text.decode().ok()?),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().ok()? {
                Some(character) => add(&mut open, character.encode_utf8(&mut [0; 4])),
                None => add(&mut open, resolve_xml_entity(&reference.decode().ok()?)?),
            },
            Event::Eof => return whole.filter(|_| open.is_empty()),
            _ => {}
        }
    }
}

fn local(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

fn add(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn close(open: &mut [Element], whole: &mut Option<Element>, done: Element) {
    match open.last_mut() {
        Some(outer) => outer.children.push(done),
        None => *whole = whole.take().or(Some(done)),
    }
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
    fn answers_are_read_with_their_references() {
        let answer = Element::read(
            b"<?xml version=\"1.0\"?>\n<a:R xmlns:a=\"x\"> <set><item><id>one &amp; &#x74;wo</id></item><item/></set><on>true</on><e></e></a:R>",
        );
        assert_eq!(answer.name, "R");
        assert_eq!(answer.list("set").len(), 2);
        assert_eq!(
            answer.list("set")[0].text("id").as_deref(),
            Some("one & two")
        );
        assert!(answer.flag("on"));
        assert_eq!((answer.text("e"), answer.list("none").len()), (None, 0));
    }

    #[test]
    fn what_is_no_xml_is_nothing() {
        let deep = "<a>".repeat(5000);
        for bad in ["", "no", "<a>", "<a></b>", "<a>&unknown;</a>", &deep] {
            assert_eq!(
                Element::read(bad.as_bytes()),
                Element::default(),
                "{bad:.20}"
            );
        }
    }
}
