//! YAML tokens → one value. Mappings become objects, sequences tuples.

use std::collections::BTreeMap;

use trueup_value::{MAX_DEPTH, Type, Value, convert};

use super::resolve::{self, STANDARD};
use super::scanner::Scanner;
use super::tokens::{Kind, Mark, Problem, Style};

/// Nodes that a document may have once its aliases are written out: beyond it a small text would fill the memory
/// of whoever walks over the value.
const MOST_NODES: usize = 1_000_000;

/// Reads a text that holds one document.
pub(super) fn decode(text: &str) -> Result<Value, Problem> {
    let mut reader = Reader {
        scanner: Scanner::new(text)?,
        tags: Vec::new(),
        anchors: BTreeMap::new(),
        depth: 0,
        nodes: 0,
    };
    reader.document()
}

struct Anchored {
    value: Value,
    nodes: usize,
}

pub(super) struct Reader {
    scanner: Scanner,
    /// Handles of tags and what they stand for.
    tags: Vec<(String, String)>,
    /// Values by anchor; `None` while the value is being read.
    anchors: BTreeMap<String, Option<Anchored>>,
    depth: usize,
    nodes: usize,
}

/// Anchor and tag of a node, and where they begin.
pub(super) struct Properties {
    anchor: Option<String>,
    pub(super) tag: String,
    pub(super) mark: Mark,
    pub(super) given: bool,
}

impl Reader {
    pub(super) fn peek(&mut self) -> Result<(Kind, Mark), Problem> {
        self.scanner
            .peek()
            .map(|token| (token.kind.clone(), token.mark))
    }

    pub(super) fn next_is(&mut self, kinds: &[Kind]) -> Result<bool, Problem> {
        let token = self.scanner.peek()?;
        Ok(kinds.contains(&token.kind))
    }

    pub(super) fn skip(&mut self) -> Result<Mark, Problem> {
        self.scanner.next().map(|token| token.mark)
    }

    fn document(&mut self) -> Result<Value, Problem> {
        let (kind, mark) = self.peek()?;
        match kind {
            Kind::StreamEnd => return Err(Problem::at(mark, "missing start of document")),
            Kind::Version(..) | Kind::TagDirective { .. } | Kind::DocumentStart => {
                self.document_start()?;
            }
            _ => {
                self.standard_tags();
                let value = self.node(true, false)?;
                self.after_document()?;
                return Ok(value);
            }
        }
        let (kind, mark) = self.peek()?;
        let value = match kind {
            Kind::Version(..)
            | Kind::TagDirective { .. }
            | Kind::DocumentStart
            | Kind::DocumentEnd
            | Kind::StreamEnd => self.empty("", None, mark)?,
            _ => self.node(true, false)?,
        };
        self.after_document()?;
        Ok(value)
    }

    fn after_document(&mut self) -> Result<(), Problem> {
        while self.next_is(&[Kind::DocumentEnd])? {
            self.skip()?;
        }
        match self.peek()? {
            (Kind::StreamEnd, _) => Ok(()),
            (Kind::DocumentStart | Kind::Version(..) | Kind::TagDirective { .. }, mark) => {
                self.document_start()?;
                Err(Problem::at(mark, "unexpected extra content after value"))
            }
            (_, mark) => Err(Problem::at(mark, "did not find expected <document start>")),
        }
    }

    fn standard_tags(&mut self) {
        for (handle, prefix) in [("!", "!"), ("!!", STANDARD)] {
            if !self.tags.iter().any(|(known, _)| known == handle) {
                self.tags.push((handle.to_owned(), prefix.to_owned()));
            }
        }
    }

    fn document_start(&mut self) -> Result<(), Problem> {
        self.tags.clear();
        let mut versioned = false;
        loop {
            let token = self.scanner.peek()?.clone();
            match token.kind {
                Kind::Version(major, minor) => {
                    if versioned {
                        let problem = "found duplicate %YAML directive";
                        return Err(Problem::at(token.mark, problem));
                    }
                    if (major, minor) != (1, 1) {
                        let problem = "found incompatible YAML document";
                        return Err(Problem::at(token.mark, problem));
                    }
                    versioned = true;
                }
                Kind::TagDirective { handle, prefix } => {
                    if self.tags.iter().any(|(known, _)| *known == handle) {
                        let problem = "found duplicate %TAG directive";
                        return Err(Problem::at(token.mark, problem));
                    }
                    self.tags.push((handle, prefix));
                }
                Kind::DocumentStart => break,
                _ => {
                    let problem = "did not find expected <document start>";
                    return Err(Problem::at(token.mark, problem));
                }
            }
            self.skip()?;
        }
        self.skip()?;
        self.standard_tags();
        Ok(())
    }

    /// A node; `block` where block collections may stand, `indentless` where a sequence may begin at the
    /// indentation of the mapping around it.
    pub(super) fn node(&mut self, block: bool, indentless: bool) -> Result<Value, Problem> {
        let (kind, mark) = self.peek()?;
        if let Kind::Alias(name) = kind {
            self.skip()?;
            return self.alias(&name, mark);
        }
        if self.depth >= MAX_DEPTH {
            let problem = format!("exceeded max depth of {MAX_DEPTH}");
            return Err(Problem::at(mark, problem));
        }
        self.depth += 1;
        let properties = self.properties()?;
        let value = self.content(&properties, block, indentless);
        self.depth -= 1;
        value
    }

    fn content(
        &mut self,
        properties: &Properties,
        block: bool,
        indentless: bool,
    ) -> Result<Value, Problem> {
        let (kind, mark) = self.peek()?;
        match kind {
            Kind::BlockEntry if indentless => {
                self.collection(properties, "seq", Self::indentless_sequence)
            }
            Kind::Scalar(text, style) => {
                self.skip()?;
                self.scalar(properties, &text, style)
            }
            Kind::FlowSequenceStart => self.collection(properties, "seq", Self::flow_sequence),
            Kind::FlowMappingStart => self.collection(properties, "map", Self::flow_mapping),
            Kind::BlockSequenceStart if block => {
                self.collection(properties, "seq", Self::block_sequence)
            }
            Kind::BlockMappingStart if block => {
                self.collection(properties, "map", Self::block_mapping)
            }
            _ if properties.given => self.scalar(properties, "", Style::Plain),
            _ => Err(Problem::at(mark, "did not find expected node content")),
        }
    }

    pub(super) fn properties(&mut self) -> Result<Properties, Problem> {
        let mut anchor = None;
        let mut tag = None;
        let (_, mark) = self.peek()?;
        loop {
            match self.peek()? {
                (Kind::Anchor(name), _) if anchor.is_none() => anchor = Some(name),
                (Kind::Tag { handle, suffix }, _) if tag.is_none() => {
                    tag = Some(self.full_tag(&handle, &suffix, mark)?);
                }
                _ => break,
            }
            self.skip()?;
        }
        Ok(Properties {
            given: anchor.is_some() || tag.is_some(),
            anchor,
            tag: tag.unwrap_or_default(),
            mark,
        })
    }

    fn full_tag(&self, handle: &str, suffix: &str, mark: Mark) -> Result<String, Problem> {
        if handle.is_empty() {
            return Ok(suffix.to_owned());
        }
        let found = self.tags.iter().find(|(known, _)| known == handle);
        match found {
            Some((_, prefix)) => Ok(format!("{prefix}{suffix}")),
            None => Err(Problem::at(mark, "found undefined tag handle")),
        }
    }

    pub(super) fn count(&mut self, nodes: usize, mark: Mark) -> Result<(), Problem> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > MOST_NODES {
            return Err(Problem::at(mark, "document contains excessive aliasing"));
        }
        Ok(())
    }

    fn scalar(
        &mut self,
        properties: &Properties,
        text: &str,
        style: Style,
    ) -> Result<Value, Problem> {
        self.count(1, properties.mark)?;
        let mut value = resolve::scalar(&properties.tag, text, style)
            .map_err(|message| Problem::at(properties.mark, message))?;
        if style == Style::Block && properties.tag.is_empty() {
            // What looks like a number, a bool or null is so resolved, and then written as a string again.
            value = convert(&value, &Type::String).unwrap_or(value);
        }
        if let Some(name) = &properties.anchor {
            let anchored = Anchored {
                value: value.clone(),
                nodes: 1,
            };
            self.anchors.insert(name.clone(), Some(anchored));
        }
        Ok(value)
    }

    pub(super) fn empty(
        &mut self,
        tag: &str,
        anchor: Option<String>,
        mark: Mark,
    ) -> Result<Value, Problem> {
        let properties = Properties {
            anchor,
            tag: tag.to_owned(),
            mark,
            given: false,
        };
        self.scalar(&properties, "", Style::Plain)
    }

    fn alias(&mut self, name: &str, mark: Mark) -> Result<Value, Problem> {
        let quoted = crate::strings::quoted(name);
        match self.anchors.get(name) {
            None => {
                let problem = format!("reference to undefined anchor {quoted}");
                Err(Problem::at(mark, problem))
            }
            Some(None) => {
                let problem =
                    format!("cannot refer to anchor {quoted} from inside its own definition");
                Err(Problem::at(mark, problem))
            }
            Some(Some(anchored)) => {
                let (value, nodes) = (anchored.value.clone(), anchored.nodes);
                if self.depth + value.depth() > MAX_DEPTH {
                    let problem = format!("exceeded max depth of {MAX_DEPTH}");
                    return Err(Problem::at(mark, problem));
                }
                self.count(nodes, mark)?;
                Ok(value)
            }
        }
    }

    fn collection(
        &mut self,
        properties: &Properties,
        kind: &str,
        read: fn(&mut Self) -> Result<Value, Problem>,
    ) -> Result<Value, Problem> {
        let tag = &properties.tag;
        if !tag.is_empty() && tag.strip_prefix(STANDARD) != Some(kind) {
            let what = if kind == "seq" { "sequence" } else { "mapping" };
            let problem = format!("can't interpret {what} as {tag}");
            return Err(Problem::at(properties.mark, problem));
        }
        let before = self.nodes;
        self.count(1, properties.mark)?;
        let Some(name) = &properties.anchor else {
            return read(self);
        };
        self.anchors.insert(name.clone(), None);
        let value = read(self)?;
        let anchored = Anchored {
            value: value.clone(),
            nodes: self.nodes - before,
        };
        self.anchors.insert(name.clone(), Some(anchored));
        Ok(value)
    }
}
