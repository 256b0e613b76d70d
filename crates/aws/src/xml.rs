//! XML documents as trees: what S3's settings are written in.

use std::fmt::Write as _;

/// How deep a document may nest: far more than any service sends.
const DEEPEST: usize = 64;

/// Why a text is no XML document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the answer is no XML document: {0}")]
pub struct NotXml(&'static str);

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

    /// Reads a document.
    ///
    /// # Errors
    /// The text is none, or nests too deep.
    pub fn read(text: &str) -> Result<Self, NotXml> {
        let mut reader = Reader { rest: text };
        loop {
            reader.rest = reader.rest.trim_start_matches('\u{feff}').trim_start();
            if !reader.skip_aside()? {
                break;
            }
        }
        reader.element(0)
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

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn until(&mut self, end: &str) -> Result<&'a str, NotXml> {
        let at = self.rest.find(end).ok_or(NotXml("it breaks off"))?;
        let (before, after) = self.rest.split_at(at);
        self.rest = &after[end.len()..];
        Ok(before)
    }

    /// Passes over a declaration or a comment, if one is next.
    fn skip_aside(&mut self) -> Result<bool, NotXml> {
        for (start, end) in [("<?", "?>"), ("<!--", "-->"), ("<!DOCTYPE", ">")] {
            if let Some(rest) = self.rest.strip_prefix(start) {
                self.rest = rest;
                self.until(end)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn element(&mut self, depth: usize) -> Result<Element, NotXml> {
        if depth > DEEPEST {
            return Err(NotXml("it nests too deep"));
        }
        self.rest = self
            .rest
            .strip_prefix('<')
            .ok_or(NotXml("an element is missing"))?;
        let end = self
            .rest
            .find(|c: char| c.is_whitespace() || c == '>' || c == '/')
            .ok_or(NotXml("it breaks off"))?;
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        let mut element = Element::new(name.rsplit(':').next().unwrap_or(name));
        loop {
            self.rest = self.rest.trim_start();
            if let Some(rest) = self.rest.strip_prefix("/>") {
                self.rest = rest;
                return Ok(element);
            }
            if let Some(rest) = self.rest.strip_prefix('>') {
                self.rest = rest;
                break;
            }
            let name = self.until("=")?.trim().to_owned();
            self.rest = self.rest.trim_start();
            let quote = match self.rest.chars().next() {
                Some('"') => "\"",
                Some('\'') => "'",
                _ => return Err(NotXml("an attribute has no value")),
            };
            self.rest = &self.rest[1..];
            let value = plain(self.until(quote)?)?;
            if name != "xmlns" && !name.starts_with("xmlns:") {
                element.attributes.push((name, value));
            }
        }
        self.content(&mut element, depth)?;
        Ok(element)
    }

    fn content(&mut self, element: &mut Element, depth: usize) -> Result<(), NotXml> {
        loop {
            let at = self.rest.find('<').ok_or(NotXml("it breaks off"))?;
            let (text, rest) = self.rest.split_at(at);
            self.rest = rest;
            element.text.push_str(&plain(text)?);
            if let Some(rest) = self.rest.strip_prefix("</") {
                self.rest = rest;
                self.until(">")?;
                break;
            }
            if let Some(rest) = self.rest.strip_prefix("<![CDATA[") {
                self.rest = rest;
                let text = self.until("]]>")?;
                element.text.push_str(text);
            } else if !self.skip_aside()? {
                let child = self.element(depth + 1)?;
                element.children.push(child);
            }
        }
        // White space between elements says nothing.
        if !element.children.is_empty() && element.text.trim().is_empty() {
            element.text.clear();
        }
        Ok(())
    }
}

/// A text with its entities replaced.
fn plain(text: &str) -> Result<String, NotXml> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let end = after.find(';').ok_or(NotXml("an entity breaks off"))?;
        let name = &after[..end];
        out.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            name => {
                let code = match name.strip_prefix("#x") {
                    Some(hex) => u32::from_str_radix(hex, 16).ok(),
                    None => name.strip_prefix('#').and_then(|code| code.parse().ok()),
                };
                code.and_then(char::from_u32)
                    .ok_or(NotXml("an entity is not known"))?
            }
        });
        rest = &after[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::Element;

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
}
