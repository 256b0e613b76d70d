//! XML documents as trees: what S3's settings and the answers of older services are written in.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use quick_xml::Reader;
use quick_xml::escape::{resolve_xml_entity, unescape};
use quick_xml::events::{BytesStart, Event};

/// How deep a document may nest: far more than any service sends.
const DEEPEST: usize = 64;

/// Why a text is no XML document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the answer is no XML document")]
pub struct NotXml;

/// One element with what is in it. Namespaces are dropped on reading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name, without a namespace's prefix.
    pub name: String,
    /// Its attributes by their whole names, such as `xsi:type`.
    pub attributes: Vec<(String, String)>,
    /// The text in it, without that of its children.
    pub text: String,
    /// The elements in it, in order.
    pub children: Vec<Element>,
}

impl Element {
    /// An empty element.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// The same with one more element in it.
    #[must_use]
    pub fn with(mut self, child: Element) -> Self {
        self.children.push(child);
        self
    }

    /// The same with one more element in it that holds a text.
    #[must_use]
    pub fn leaf(self, name: &str, text: impl ToString) -> Self {
        let child = Self {
            text: text.to_string(),
            ..Self::new(name)
        };
        self.with(child)
    }

    /// The same with an attribute.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: &str) -> Self {
        self.attributes.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The first element in it of that name.
    pub fn get(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All elements in it of that name, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first element in it of that name.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.get(name).map(|child| child.text.as_str())
    }

    /// The elements of a list: what is in the element of that name.
    pub fn list(&self, name: &str) -> &[Element] {
        self.get(name).map_or(&[], |list| &list.children)
    }

    /// The text of the first element in it of that name, where it is not empty.
    pub fn text(&self, name: &str) -> Option<String> {
        let text = self.text_of(name)?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Whether that text is `true`.
    pub fn flag(&self, name: &str) -> bool {
        self.text(name).as_deref() == Some("true")
    }

    /// The text of the first element in it of that name; empty where there is none.
    pub(crate) fn text_or_empty(&self, name: &str) -> String {
        self.text(name).unwrap_or_default()
    }

    /// The number in the first element of that name; zero where there is none.
    pub(crate) fn whole(&self, name: &str) -> i64 {
        self.text(name).and_then(|n| n.parse().ok()).unwrap_or(0)
    }

    /// What the elements of a list hold in two elements of these names: tags.
    pub(crate) fn pairs(&self, list: &str, key: &str, value: &str) -> BTreeMap<String, String> {
        self.list(list)
            .iter()
            .map(|pair| (pair.text_or_empty(key), pair.text_or_empty(value)))
            .collect()
    }

    /// Reads a document.
    ///
    /// # Errors
    /// The text is none, breaks off, or nests too deep.
    pub fn read(text: &str) -> Result<Self, NotXml> {
        parsed(text).ok_or(NotXml)
    }

    /// Reads an answer. What is no XML is an element without a name.
    pub(crate) fn of_answer(answer: &[u8]) -> Self {
        let text = std::str::from_utf8(answer).ok();
        text.and_then(parsed).unwrap_or_default()
    }

    /// The document, in a namespace where one is named.
    pub fn written(&self, namespace: Option<&str>) -> String {
        let mut out = String::new();
        self.write(namespace, &mut out);
        out
    }

    fn write(&self, namespace: Option<&str>, out: &mut String) {
        let _ = write!(out, "<{}", self.name);
        if let Some(namespace) = namespace {
            let _ = write!(out, " xmlns=\"{}\"", escaped(namespace));
        }
        for (name, value) in &self.attributes {
            let _ = write!(out, " {name}=\"{}\"", escaped(value));
        }
        out.push('>');
        out.push_str(&escaped(&self.text));
        for child in &self.children {
            child.write(None, out);
        }
        let _ = write!(out, "</{}>", self.name);
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\r' | '\n' | '\t' | '\u{85}' | '\u{2028}' => {
                let _ = write!(out, "&#x{:X};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

fn parsed(text: &str) -> Option<Element> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut whole = None;
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) if open.len() < DEEPEST => open.push(begun(&start)?),
            Event::Start(_) => return None,
            Event::Empty(empty) => close(&mut open, &mut whole, begun(&empty)?),
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

fn begun(start: &BytesStart<'_>) -> Option<Element> {
    let mut element = Element::new(&String::from_utf8_lossy(start.local_name().as_ref()));
    for attribute in start.attributes() {
        let attribute = attribute.ok()?;
        let name = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
        if name != "xmlns" && !name.starts_with("xmlns:") {
            let value = unescape(std::str::from_utf8(&attribute.value).ok()?)
                .ok()?
                .into_owned();
            element.attributes.push((name, value));
        }
    }
    Some(element)
}

fn add(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn close(open: &mut [Element], whole: &mut Option<Element>, mut done: Element) {
    // White space between elements says nothing.
    if !done.children.is_empty() && done.text.trim().is_empty() {
        done.text.clear();
    }
    match open.last_mut() {
        Some(outer) => outer.children.push(done),
        None => *whole = whole.take().or(Some(done)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Documents of a few levels.
    fn documents() -> impl Strategy<Value = Element> {
        let leaf =
            ("[A-Za-z][A-Za-z0-9]{0,5}", "[ -~é\\t\\r\\n]{0,12}").prop_map(|(name, text)| {
                Element {
                    text,
                    ..Element::new(&name)
                }
            });
        leaf.prop_recursive(4, 24, 4, |inner| {
            let parts = prop::collection::vec(inner, 1..4);
            ("[A-Za-z]{1,6}", "[a-z&<>]{0,4}", "[ -~é\\t\\n]{0,8}", parts).prop_map(
                |(name, text, value, children)| Element {
                    text,
                    children,
                    ..Element::new(&name).attribute("xsi:type", &value)
                },
            )
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(document in documents()) {
            prop_assert_eq!(Element::read(&document.written(Some("x"))), Ok(document));
        }

        #[test]
        fn any_text_is_read_or_refused(
            text in any::<String>(),
            like in "(<[?!/]?|[ab:&;#x0=\"'/\\]\\[-]|>|<a>|</a>|<!\\[CDATA\\[){0,24}",
        ) {
            for text in [text, like] {
                let read = Element::read(&text);
                prop_assert_eq!(Element::of_answer(text.as_bytes()), read.unwrap_or_default());
            }
        }
    }

    #[test]
    fn documents_are_read_and_written() {
        let text = "<?xml version=\"1.0\"?>\n<!-- c --><a:A xmlns=\"x\" xmlns:xsi='y'>\n <B xsi:type=\"T\">1 &lt; 2 &#x41;</B><C/>\n <B><![CDATA[<&>]]></B></a:A>";
        let read = Element::read(text).expect("XML");
        assert_eq!(read.name, "A");
        assert_eq!(read.text_of("B"), Some("1 < 2 A"));
        let texts: Vec<&str> = read.all("B").map(|b| b.text.as_str()).collect();
        assert_eq!(texts, ["1 < 2 A", "<&>"]);
        assert_eq!(read.children[0].attributes[0].1, "T");
        let written = read.written(Some("x"));
        assert_eq!(
            written,
            "<A xmlns=\"x\"><B xsi:type=\"T\">1 &lt; 2 A</B><C></C><B>&lt;&amp;&gt;</B></A>"
        );
        assert_eq!(Element::read(&written), Ok(read));
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for bad in [
            "",
            "text",
            "<a",
            "<a>",
            "<a b>",
            "<a b=c></a>",
            "<a>&x;</a>",
            "<a>&lt</a>",
        ] {
            assert!(Element::read(bad).is_err(), "{bad:?}");
        }
        assert!(Element::read(&"<a>".repeat(10_000)).is_err());
    }

    #[test]
    fn answers_are_read_with_their_references() {
        let answer = Element::of_answer(
            b"<?xml version=\"1.0\"?>\n<a:R xmlns:a=\"x\"> <set><item><id>one &amp; &#x74;wo</id></item><item/></set><on>true</on><e></e></a:R>",
        );
        assert_eq!(answer.name, "R");
        assert_eq!(answer.list("set").len(), 2);
        assert_eq!(
            answer.list("set")[0].text("id").as_deref(),
            Some("one & two")
        );
        assert_eq!(
            answer.pairs("set", "id", "none"),
            BTreeMap::from([
                ("one & two".to_owned(), String::new()),
                (String::new(), String::new())
            ])
        );
        assert!(answer.flag("on"));
        assert_eq!(
            (answer.whole("on"), answer.text_or_empty("none")),
            (0, String::new())
        );
        assert_eq!((answer.text("e"), answer.list("none").len()), (None, 0));
    }

    #[test]
    fn what_is_no_xml_is_nothing() {
        let deep = "<a>".repeat(5000);
        for bad in ["", "no", "<a>", "<a></b>", "<a>&unknown;</a>", &deep] {
            assert_eq!(
                Element::of_answer(bad.as_bytes()),
                Element::default(),
                "{bad:.20}"
            );
        }
    }
}
