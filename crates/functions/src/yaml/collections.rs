//! Sequences and mappings of YAML, in block form and in brackets.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_value::{Type, Value, convert};

use super::decode::Reader;
use super::resolve;
use super::tokens::{Kind, Mark, Problem, Style};

impl Reader {
    /// A node, or null where one of these follows instead.
    fn node_unless(
        &mut self,
        ends: &[Kind],
        block: bool,
        indentless: bool,
        mark: Mark,
    ) -> Result<Value, Problem> {
        if self.next_is(ends)? {
            self.empty("", None, mark)
        } else {
            self.node(block, indentless)
        }
    }

    pub(super) fn block_sequence(&mut self) -> Result<Value, Problem> {
        self.skip()?;
        let mut elements = Vec::new();
        loop {
            let (kind, mark) = self.peek()?;
            match kind {
                Kind::BlockEntry => {
                    self.skip()?;
                    let ends = [Kind::BlockEntry, Kind::BlockEnd];
                    elements.push(self.node_unless(&ends, true, false, mark)?);
                }
                Kind::BlockEnd => {
                    self.skip()?;
                    return Ok(Value::tuple(elements));
                }
                _ => return Err(Problem::at(mark, "did not find expected '-' indicator")),
            }
        }
    }

    pub(super) fn indentless_sequence(&mut self) -> Result<Value, Problem> {
        let mut elements = Vec::new();
        while self.next_is(&[Kind::BlockEntry])? {
            let mark = self.skip()?;
            let ends = [Kind::BlockEntry, Kind::Key, Kind::Value, Kind::BlockEnd];
            elements.push(self.node_unless(&ends, true, false, mark)?);
        }
        Ok(Value::tuple(elements))
    }

    pub(super) fn flow_sequence(&mut self) -> Result<Value, Problem> {
        self.skip()?;
        let mut elements = Vec::new();
        loop {
            if self.next_is(&[Kind::FlowSequenceEnd])? {
                break;
            }
            if !elements.is_empty() {
                let (kind, mark) = self.peek()?;
                if kind != Kind::FlowEntry {
                    return Err(Problem::at(mark, "did not find expected ',' or ']'"));
                }
                self.skip()?;
            }
            if self.next_is(&[Kind::Key])? {
                elements.push(self.pair()?);
            } else if !self.next_is(&[Kind::FlowSequenceEnd])? {
                elements.push(self.node(false, false)?);
            }
        }
        self.skip()?;
        Ok(Value::tuple(elements))
    }

    /// A mapping of one pair in a flow sequence, without braces.
    fn pair(&mut self) -> Result<Value, Problem> {
        let mark = self.skip()?;
        self.count(1, mark)?;
        let ends = [Kind::Value, Kind::FlowEntry, Kind::FlowSequenceEnd];
        let mut members = BTreeMap::new();
        let key = self.key(&ends, false, mark)?;
        let value = self.value(&ends[1..], false, mark)?;
        Self::put(&mut members, key, value, mark)?;
        Ok(Value::object(members))
    }

    pub(super) fn flow_mapping(&mut self) -> Result<Value, Problem> {
        self.skip()?;
        let ends = [Kind::Value, Kind::FlowEntry, Kind::FlowMappingEnd];
        let mut members = BTreeMap::new();
        let mut first = true;
        loop {
            let (kind, mark) = self.peek()?;
            if kind == Kind::FlowMappingEnd {
                break;
            }
            if !first {
                if kind != Kind::FlowEntry {
                    return Err(Problem::at(mark, "did not find expected ',' or '}'"));
                }
                self.skip()?;
            }
            first = false;
            let (kind, mark) = self.peek()?;
            if kind == Kind::Key {
                self.skip()?;
                let key = self.key(&ends, false, mark)?;
                let value = self.value(&ends[1..], false, mark)?;
                Self::put(&mut members, key, value, mark)?;
            } else if kind != Kind::FlowMappingEnd {
                let key = self.key(&[], false, mark)?;
                let value = self.empty("", None, mark)?;
                Self::put(&mut members, key, value, mark)?;
            }
        }
        self.skip()?;
        Ok(Value::object(members))
    }

    pub(super) fn block_mapping(&mut self) -> Result<Value, Problem> {
        self.skip()?;
        let ends = [Kind::Key, Kind::Value, Kind::BlockEnd];
        let mut members = BTreeMap::new();
        loop {
            let (kind, mark) = self.peek()?;
            match kind {
                Kind::Key => {
                    self.skip()?;
                    let (_, at) = self.peek()?;
                    let key = self.key(&ends, true, at)?;
                    let value = self.value(&ends, true, at)?;
                    Self::put(&mut members, key, value, at)?;
                }
                Kind::BlockEnd => {
                    self.skip()?;
                    return Ok(Value::object(members));
                }
                _ => return Err(Problem::at(mark, "did not find expected key")),
            }
        }
    }

    /// The key of a pair, a scalar, and whether it asks for a merge.
    fn key(&mut self, ends: &[Kind], block: bool, mark: Mark) -> Result<(Value, bool), Problem> {
        if self.next_is(ends)? {
            return Ok((Value::dynamic_null(), false));
        }
        let refused = || Problem::at(mark, "only strings are allowed as mapping keys");
        if matches!(self.peek()?.0, Kind::Alias(_)) {
            return Err(refused());
        }
        let properties = self.properties()?;
        match self.peek()?.0 {
            Kind::Scalar(text, style) => {
                self.skip()?;
                let key = resolve::scalar(&properties.tag, &text, style)
                    .map_err(|message| Problem::at(properties.mark, message))?;
                Ok((key, properties.tag.is_empty() && text == "<<"))
            }
            Kind::FlowSequenceStart | Kind::FlowMappingStart => Err(refused()),
            Kind::BlockSequenceStart | Kind::BlockMappingStart | Kind::BlockEntry if block => {
                Err(refused())
            }
            _ if properties.given => resolve::scalar(&properties.tag, "", Style::Plain)
                .map(|key| (key, false))
                .map_err(|message| Problem::at(properties.mark, message)),
            _ => {
                let (_, mark) = self.peek()?;
                Err(Problem::at(mark, "did not find expected node content"))
            }
        }
    }

    fn value(&mut self, ends: &[Kind], block: bool, mark: Mark) -> Result<Value, Problem> {
        if self.next_is(&[Kind::Value])? {
            let mark = self.skip()?;
            self.node_unless(ends, block, block, mark)
        } else {
            self.empty("", None, mark)
        }
    }

    /// Adds a pair; the key `<<` merges the mapping that is its value.
    fn put(
        members: &mut BTreeMap<Arc<str>, Value>,
        (key, merges): (Value, bool),
        value: Value,
        mark: Mark,
    ) -> Result<(), Problem> {
        if merges {
            let Some(merged) = value.as_members() else {
                let ty = value.ty().friendly_name();
                let problem = format!("cannot merge {ty} into mapping");
                return Err(Problem::at(mark, problem));
            };
            members.extend(
                merged
                    .iter()
                    .map(|(name, value)| (name.clone(), value.clone())),
            );
            return Ok(());
        }
        if key.is_null() {
            return Err(Problem::at(mark, "mapping key cannot be null"));
        }
        let key = convert(&key, &Type::String)
            .map_err(|_| Problem::at(mark, "only strings are allowed as mapping keys"))?;
        members.insert(key.as_str().unwrap_or_default().into(), value);
        Ok(())
    }
}
