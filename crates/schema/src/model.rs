//! The schema itself: blocks, attributes, nested blocks, and how they are written down.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_value::Type;

/// The schema of a resource type, data source or provider configuration, with its version: state
/// written under an older version is upgraded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResourceSchema {
    /// Version of the shape, as state files note it in `schema_version`.
    pub version: u64,
    /// The newest version that is read all the same: its shape fits this one's, and is written as
    /// this one.
    pub newest: u64,
    /// The shape.
    pub block: Block,
}

/// What may stand between the braces of a block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    /// Attributes (`name = value`) by name.
    pub attributes: BTreeMap<Arc<str>, Attribute>,
    /// Nested block types by name.
    pub blocks: BTreeMap<Arc<str>, NestedBlock>,
    /// What to say to users of this block type, if it is deprecated.
    pub deprecated: Option<Arc<str>>,
    /// Documentation in a sentence or two.
    pub description: Arc<str>,
}

/// One attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Type constraint of the value.
    pub ty: Type,
    /// Must be set in configuration.
    pub required: bool,
    /// May be set in configuration.
    pub optional: bool,
    /// May be decided by the provider.
    pub computed: bool,
    /// Its value is never shown.
    pub sensitive: bool,
    /// Passed to the provider and kept nowhere.
    pub write_only: bool,
    /// A change cannot be made in place. Documentation; the provider's plan decides.
    pub force_new: bool,
    /// What to say to users of this attribute, if it is deprecated.
    pub deprecated: Option<Arc<str>>,
    /// Documentation in a sentence or two.
    pub description: Arc<str>,
}

/// How many of a nested block there can be and what value they make together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nesting {
    /// At most one; an object, null when absent.
    Single,
    /// At most one; an object that is never null.
    Group,
    /// Any number, in order; a list of objects (a tuple where their types differ).
    List,
    /// Any number, order and repetition meaningless; a set of objects.
    Set,
    /// Any number, each with one label; a map of objects (an object where their types differ).
    Map,
}

/// A nested block type.
#[derive(Clone, Debug, PartialEq)]
pub struct NestedBlock {
    /// How many and in what form.
    pub nesting: Nesting,
    /// What is inside.
    pub block: Block,
    /// Least number of blocks.
    pub min_items: u32,
    /// Greatest number of blocks; 0 for no limit.
    pub max_items: u32,
    /// Without any such block in configuration the provider decides (legacy blocks that behave as
    /// optional and computed attributes).
    pub computed: bool,
}

impl ResourceSchema {
    /// A schema of version 0.
    pub fn new(block: Block) -> ResourceSchema {
        ResourceSchema::versioned(0, block)
    }

    /// A schema of some version.
    pub fn versioned(version: u64, block: Block) -> ResourceSchema {
        ResourceSchema {
            version,
            newest: version,
            block,
        }
    }

    /// The same, reading newer versions up to this one.
    #[must_use]
    pub fn reading(mut self, newest: u64) -> ResourceSchema {
        self.newest = newest;
        self
    }
}

impl Block {
    /// An empty block.
    pub fn new() -> Block {
        Block::default()
    }

    /// With an attribute.
    #[must_use]
    pub fn attribute(mut self, name: impl Into<Arc<str>>, attribute: Attribute) -> Block {
        self.attributes.insert(name.into(), attribute);
        self
    }

    /// With a nested block type.
    #[must_use]
    pub fn block(mut self, name: impl Into<Arc<str>>, block: NestedBlock) -> Block {
        self.blocks.insert(name.into(), block);
        self
    }

    /// With documentation.
    #[must_use]
    pub fn described(mut self, description: impl Into<Arc<str>>) -> Block {
        self.description = description.into();
        self
    }

    /// Marked as deprecated.
    #[must_use]
    pub fn deprecated(mut self, message: impl Into<Arc<str>>) -> Block {
        self.deprecated = Some(message.into());
        self
    }
}

impl Attribute {
    fn new(ty: Type) -> Attribute {
        Attribute {
            ty,
            required: false,
            optional: false,
            computed: false,
            sensitive: false,
            write_only: false,
            force_new: false,
            deprecated: None,
            description: Arc::from(""),
        }
    }

    /// Must be set.
    pub fn required(ty: Type) -> Attribute {
        Attribute {
            required: true,
            ..Attribute::new(ty)
        }
    }

    /// May be set; null otherwise.
    pub fn optional(ty: Type) -> Attribute {
        Attribute {
            optional: true,
            ..Attribute::new(ty)
        }
    }

    /// Decided by the provider alone.
    pub fn computed(ty: Type) -> Attribute {
        Attribute {
            computed: true,
            ..Attribute::new(ty)
        }
    }

    /// May be set; decided by the provider otherwise.
    pub fn optional_computed(ty: Type) -> Attribute {
        Attribute {
            optional: true,
            computed: true,
            ..Attribute::new(ty)
        }
    }

    /// Never shown.
    #[must_use]
    pub fn sensitive(mut self) -> Attribute {
        self.sensitive = true;
        self
    }

    /// Kept nowhere.
    #[must_use]
    pub fn write_only(mut self) -> Attribute {
        self.write_only = true;
        self
    }

    /// Not changed in place.
    #[must_use]
    pub fn force_new(mut self) -> Attribute {
        self.force_new = true;
        self
    }

    /// Marked as deprecated.
    #[must_use]
    pub fn deprecated(mut self, message: impl Into<Arc<str>>) -> Attribute {
        self.deprecated = Some(message.into());
        self
    }

    /// With documentation.
    #[must_use]
    pub fn described(mut self, description: impl Into<Arc<str>>) -> Attribute {
        self.description = description.into();
        self
    }
}

impl NestedBlock {
    /// A nested block type without limits on its number.
    pub fn new(nesting: Nesting, block: Block) -> NestedBlock {
        NestedBlock {
            nesting,
            block,
            min_items: 0,
            max_items: 0,
            computed: false,
        }
    }

    /// At most one, null when absent.
    pub fn single(block: Block) -> NestedBlock {
        NestedBlock::new(Nesting::Single, block)
    }

    /// At most one, never null.
    pub fn group(block: Block) -> NestedBlock {
        NestedBlock::new(Nesting::Group, block)
    }

    /// Any number, in order.
    pub fn list(block: Block) -> NestedBlock {
        NestedBlock::new(Nesting::List, block)
    }

    /// Any number, as a set.
    pub fn set(block: Block) -> NestedBlock {
        NestedBlock::new(Nesting::Set, block)
    }

    /// Any number, by label.
    pub fn map(block: Block) -> NestedBlock {
        NestedBlock::new(Nesting::Map, block)
    }

    /// With at least so many.
    #[must_use]
    pub fn min_items(mut self, min: u32) -> NestedBlock {
        self.min_items = min;
        self
    }

    /// With at most so many.
    #[must_use]
    pub fn max_items(mut self, max: u32) -> NestedBlock {
        self.max_items = max;
        self
    }

    /// Decided by the provider where configuration has none.
    #[must_use]
    pub fn computed(mut self) -> NestedBlock {
        self.computed = true;
        self
    }
}
