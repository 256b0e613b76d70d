//! What a block implies: the type of its value, the empty value, sensitive and computed places.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_value::{ElementKey, Marks, Path, Step, Type, Value};

use crate::model::{Attribute, Block, NestedBlock, Nesting};

impl Block {
    /// The object type of the block's value. Where nested blocks of a list or map contain
    /// attributes of open type the whole position is open, since blocks may differ then.
    pub fn implied_type(&self) -> Type {
        let attributes = self
            .attributes
            .iter()
            .map(|(name, attribute)| (name.clone(), attribute.ty.without_optional()));
        let blocks = self
            .blocks
            .iter()
            .map(|(name, nested)| (name.clone(), nested.implied_type()));
        Type::object(attributes.chain(blocks))
    }

    /// The value of a block with nothing in it: attributes null, nested lists, sets and maps
    /// empty, single blocks null, groups empty inside.
    pub fn empty_value(&self) -> Value {
        let mut members: BTreeMap<Arc<str>, Value> = self
            .attributes
            .iter()
            .map(|(name, attribute)| (name.clone(), Value::null(attribute.ty.clone())))
            .collect();
        for (name, nested) in &self.blocks {
            members.insert(name.clone(), nested.empty_value());
        }
        Value::object(members)
    }

    /// Whether anything inside is sensitive.
    pub fn contains_sensitive(&self) -> bool {
        self.attributes
            .values()
            .any(|attribute| attribute.sensitive)
            || self
                .blocks
                .values()
                .any(|nested| nested.block.contains_sensitive())
    }

    /// Where a value of this block carries what the schema calls sensitive, each place with the
    /// sensitive mark; null values are included, unknown or null parents are not looked into.
    pub fn sensitive_paths(&self, value: &Value) -> Vec<(Path, Marks)> {
        self.paths_where(value, &|attribute| attribute.sensitive)
            .into_iter()
            .map(|path| (path, Marks::SENSITIVE))
            .collect()
    }

    /// Where a value of this block has write-only attributes.
    pub fn write_only_paths(&self, value: &Value) -> Vec<Path> {
        self.paths_where(value, &|attribute| attribute.write_only)
    }

    /// Where a value of this block has attributes that `wanted` chooses, in the order of names;
    /// a chosen attribute in a set of blocks is at a path through the set's element.
    pub fn paths_where(&self, value: &Value, wanted: &dyn Fn(&Attribute) -> bool) -> Vec<Path> {
        let mut found = Vec::new();
        self.collect_paths(value, &Path::new(), wanted, &mut found);
        found
    }

    fn collect_paths(
        &self,
        value: &Value,
        path: &Path,
        wanted: &dyn Fn(&Attribute) -> bool,
        found: &mut Vec<Path>,
    ) {
        let Some(members) = value.as_members() else {
            return;
        };
        for (name, attribute) in &self.attributes {
            if wanted(attribute) {
                found.push(path.attr(name.clone()));
            }
        }
        for (name, nested) in &self.blocks {
            let Some(value) = members.get(name) else {
                continue;
            };
            let path = path.attr(name.clone());
            match nested.nesting {
                Nesting::Single | Nesting::Group => {
                    nested.block.collect_paths(value, &path, wanted, found);
                }
                Nesting::List | Nesting::Set | Nesting::Map => {
                    for (key, element) in value.elements() {
                        let path = match key {
                            ElementKey::Name(name) if value.ty().as_object().is_some() => {
                                path.attr(name.clone())
                            }
                            other => path.index(other.to_value()),
                        };
                        nested.block.collect_paths(element, &path, wanted, found);
                    }
                }
            }
        }
    }

    /// The attribute a path leads to, passing over positions, keys and elements of nested blocks.
    /// Steps inside an attribute's value lead to the attribute.
    pub fn attribute_at(&self, path: &Path) -> Option<&Attribute> {
        let mut block = self;
        for step in path.steps() {
            let Step::Attr(name) = step else { continue };
            if let Some(attribute) = block.attributes.get(name) {
                return Some(attribute);
            }
            block = &block.blocks.get(name)?.block;
        }
        None
    }

    /// Whether the provider may decide what is at a path.
    pub fn is_computed_path(&self, path: &Path) -> bool {
        if let Some(attribute) = self.attribute_at(path) {
            return attribute.computed;
        }
        let mut block = self;
        let mut computed = false;
        for step in path.steps() {
            let Step::Attr(name) = step else { continue };
            let Some(nested) = block.blocks.get(name) else {
                return false;
            };
            computed = nested.computed;
            block = &nested.block;
        }
        computed
    }
}

impl NestedBlock {
    /// The type of all blocks of this type together.
    pub fn implied_type(&self) -> Type {
        let inner = self.block.implied_type();
        match self.nesting {
            Nesting::Single | Nesting::Group => inner,
            Nesting::Set => Type::set(inner),
            Nesting::List | Nesting::Map if inner.has_dynamic() => Type::Dynamic,
            Nesting::List => Type::list(inner),
            Nesting::Map => Type::map(inner),
        }
    }

    /// The value when there is no such block.
    pub fn empty_value(&self) -> Value {
        let inner = self.block.implied_type();
        match self.nesting {
            Nesting::Group => self.block.empty_value(),
            Nesting::Single => Value::null(inner),
            Nesting::Set => Value::set(inner, Vec::new()),
            Nesting::List if inner.has_dynamic() => Value::empty_tuple(),
            Nesting::List => Value::list(inner, Vec::new()),
            Nesting::Map if inner.has_dynamic() => Value::empty_object(),
            Nesting::Map => Value::map(inner, BTreeMap::new()),
        }
    }
}
