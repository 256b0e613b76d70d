//! The items of a body while it is read, found by name in constant time.

use std::collections::HashMap;
use std::sync::Arc;

use trueup_diagnostics::Span;

use crate::ast::{Attribute, Block, Body, BodyItem};

/// Blocks of more arguments than this find repeated names by a map.
const FEW: usize = 16;

/// A body that is being read.
pub(super) struct Items {
    pub(super) body: Body,
    /// Index by name, filled once there are more than a few.
    by_name: HashMap<Arc<str>, usize>,
}

impl Items {
    pub(super) fn new(span: Span) -> Self {
        let body = Body {
            attributes: Vec::new(),
            blocks: Vec::new(),
            items: Vec::new(),
            span,
            end: span,
            json: false,
        };
        Items {
            body,
            by_name: HashMap::new(),
        }
    }

    pub(super) fn find(&self, name: &str) -> Option<&Attribute> {
        if self.by_name.is_empty() {
            return self.body.attribute(name);
        }
        self.by_name.get(name).map(|at| &self.body.attributes[*at])
    }

    pub(super) fn add(&mut self, attribute: Attribute) {
        let at = self.body.attributes.len();
        if !self.by_name.is_empty() {
            self.by_name.insert(attribute.name.clone(), at);
        }
        self.body.attributes.push(attribute);
        if at + 1 == FEW {
            let names = self.body.attributes.iter().enumerate();
            self.by_name = names
                .map(|(at, attribute)| (attribute.name.clone(), at))
                .collect();
        }
        self.body.items.push(BodyItem::Attribute(at));
    }

    pub(super) fn add_block(&mut self, block: Block) {
        self.body
            .items
            .push(BodyItem::Block(self.body.blocks.len()));
        self.body.blocks.push(block);
    }
}
