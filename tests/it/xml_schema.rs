//! A reader of XML and of as much of XML Schema as JUnit's uses: which elements stand in which, and with which
//! attributes. In that schema the order of elements means nothing.

use std::collections::{BTreeMap, BTreeSet};

/// An element with its attributes, elements and text.
#[derive(Debug, Default)]
pub struct Element {
    /// Its name.
    pub name: String,
    /// Its attributes.
    pub attributes: BTreeMap<String, String>,
    /// The elements in it.
    pub elements: Vec<Element>,
    /// The text in it, together.
    pub text: String,
}

/// Reads a document; what is wrong with it as XML.
pub fn parse(text: &str) -> Result<Element, String> {
    let mut open = vec![Element::default()];
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let top = open.last_mut().ok_or("too many ends")?;
        top.text.push_str(&rest[..at]);
        rest = &rest[at..];
        let skipped = [("<!--", "-->"), ("<?", "?>")]
            .into_iter()
            .find(|(start, _)| rest.starts_with(start));
        if let Some((_, end)) = skipped {
            let at = rest.find(end).ok_or("a comment is not closed")?;
            rest = &rest[at + end.len()..];
            continue;
        }
        let end = tag_end(rest).ok_or("a tag is not closed")?;
        let tag = &rest[1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            let done = open.pop().ok_or("too many ends")?;
            if done.name != name.trim() {
                return Err(format!("{name} ends {}", done.name));
            }
            open.last_mut().ok_or("too many ends")?.elements.push(done);
            continue;
        }
        let element = element(tag.trim_end_matches('/'))?;
        match tag.ends_with('/') {
            true => open
                .last_mut()
                .ok_or("too many ends")?
                .elements
                .push(element),
            false => open.push(element),
        }
    }
    let mut outer = open.pop().ok_or("nothing there")?;
    match (open.is_empty(), outer.elements.len()) {
        (true, 1) => outer
            .elements
            .pop()
            .ok_or_else(|| "nothing there".to_owned()),
        _ => Err(format!(
            "{} is not closed, or there is no one root",
            outer.name
        )),
    }
}

/// Where a tag ends: a sign between quotes ends none.
fn tag_end(text: &str) -> Option<usize> {
    let mut quoted = None;
    text.char_indices()
        .find(|(_, letter)| match (quoted, letter) {
            (None, '>') => true,
            (None, '"' | '\'') => {
                quoted = Some(*letter);
                false
            }
            (Some(quote), letter) if quote == *letter => {
                quoted = None;
                false
            }
            _ => false,
        })
        .map(|(at, _)| at)
}

fn element(tag: &str) -> Result<Element, String> {
    let (name, mut rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
    let mut attributes = BTreeMap::new();
    while let Some((key, after)) = rest.trim_start().split_once('=') {
        let quote = after.chars().next().ok_or("an attribute without value")?;
        let inner = after[1..]
            .split_once(quote)
            .ok_or("a quote is not closed")?;
        if inner.0.contains('<') {
            return Err(format!("{key} has a < in it"));
        }
        if attributes
            .insert(key.trim().to_owned(), inner.0.to_owned())
            .is_some()
        {
            return Err(format!("{key} stands there twice"));
        }
        rest = inner.1;
    }
    Ok(Element {
        name: name.to_owned(),
        attributes,
        ..Element::default()
    })
}

/// What the schema says of one element.
#[derive(Default)]
struct Rule {
    attributes: BTreeSet<String>,
    required: BTreeSet<String>,
    elements: BTreeSet<String>,
    text: bool,
}

/// What is wrong with a document by a schema.
pub fn complaints(document: &str, schema: &str) -> Vec<String> {
    let (document, schema) = match (parse(document), parse(schema)) {
        (Ok(document), Ok(schema)) => (document, schema),
        (document, schema) => {
            return [document.err(), schema.err()]
                .into_iter()
                .flatten()
                .collect();
        }
    };
    let mut rules = BTreeMap::new();
    for element in schema
        .elements
        .iter()
        .filter(|one| one.name == "xs:element")
    {
        let mut rule = Rule {
            text: element
                .attributes
                .get("type")
                .is_some_and(|kind| kind == "xs:string"),
            ..Rule::default()
        };
        gather(element, &mut rule);
        let name = element.attributes.get("name").cloned().unwrap_or_default();
        rules.insert(name, rule);
    }
    let mut found = Vec::new();
    check(&document, &rules, &mut found);
    found
}

fn gather(element: &Element, rule: &mut Rule) {
    for inner in &element.elements {
        let said = |name: &str| inner.attributes.get(name).cloned();
        match inner.name.as_str() {
            "xs:attribute" => {
                let name = said("name").unwrap_or_default();
                if said("use").as_deref() == Some("required") {
                    rule.required.insert(name.clone());
                }
                rule.attributes.insert(name);
            }
            "xs:element" => {
                rule.elements.extend(said("ref").or_else(|| said("name")));
            }
            _ => {
                rule.text |= said("mixed").as_deref() == Some("true");
                gather(inner, rule);
            }
        }
    }
}

fn check(element: &Element, rules: &BTreeMap<String, Rule>, found: &mut Vec<String>) {
    let name = &element.name;
    let Some(rule) = rules.get(name) else {
        return found.push(format!("there is no element {name}"));
    };
    for attribute in element.attributes.keys() {
        if !rule.attributes.contains(attribute) {
            found.push(format!("{name} has no attribute {attribute}"));
        }
    }
    for attribute in &rule.required {
        if !element.attributes.contains_key(attribute) {
            found.push(format!("{name} lacks {attribute}"));
        }
    }
    if !rule.text && !element.text.trim().is_empty() {
        found.push(format!("{name} holds text"));
    }
    for inner in &element.elements {
        if !rule.elements.contains(&inner.name) {
            found.push(format!("{} stands in {name}", inner.name));
        }
        check(inner, rules, found);
    }
}
