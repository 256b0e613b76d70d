//! One description a resource type, from which its schema, its plan and its normal form all follow.
//!
//! State files of the published provider were written by a plugin kit in which unset and zero are one
//! thing. Whoever wants to share such files has to plan and store by the same rules: they are here,
//! once, and the types only say what their attributes are.

mod check;
mod describe;
mod draft;
mod element;
mod settle;

pub(crate) use check::check;
pub(crate) use describe::schema_of;
pub(crate) use draft::{Draft, draft};
pub(crate) use settle::{Moment, read_beside, settle};

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_value::{Type, Value};

/// Who gives an attribute or block its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    /// The configuration, always.
    Required,
    /// The configuration, or nobody.
    Optional,
    /// The provider.
    Computed,
    /// The configuration, else the provider.
    OptionalComputed,
}

impl Mode {
    /// Whether the provider may give it a value.
    pub(crate) fn is_computed(self) -> bool {
        matches!(self, Mode::Computed | Mode::OptionalComputed)
    }
}

/// Whether a difference between old and new (null when unset) is none after all.
pub(crate) type Suppress = fn(old: &Value, new: &Value) -> bool;

/// One attribute.
#[derive(Clone)]
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    pub(crate) ty: Type,
    pub(crate) mode: Mode,
    /// A change needs another object.
    pub(crate) replaces: bool,
    /// Stands in for an unset value.
    pub(crate) default: Option<Value>,
    pub(crate) suppress: Option<Suppress>,
    /// How a configured text is stored.
    pub(crate) stored_as: Option<fn(&str) -> String>,
    /// What its value is held to in a block, without state and AWS.
    pub(crate) bounds: Bounds,
    /// Arguments beside it that must not be said together with it.
    pub(crate) conflicts: &'static [&'static str],
    /// What to use instead, where it is deprecated.
    pub(crate) deprecated: Option<&'static str>,
    /// Its value is never shown.
    pub(crate) sensitive: bool,
}

/// What the value of an attribute is held to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Bounds {
    /// Nothing.
    #[default]
    None,
    /// One of these words.
    Words(&'static [&'static str]),
    /// So many characters, both ends included.
    Length(usize, usize),
    /// A number in this range, both ends included.
    Range(i64, i64),
    /// A number of at least this much.
    AtLeast(i64),
    /// JSON.
    Json,
}

impl Attribute {
    pub(crate) fn new(name: &'static str, ty: Type, mode: Mode) -> Self {
        Self {
            name,
            ty,
            mode,
            replaces: false,
            default: None,
            suppress: None,
            stored_as: None,
            bounds: Bounds::None,
            conflicts: &[],
            deprecated: None,
            sensitive: false,
        }
    }

    pub(crate) fn bounds(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    pub(crate) fn words(self, words: &'static [&'static str]) -> Self {
        self.bounds(Bounds::Words(words))
    }

    pub(crate) fn conflicts(mut self, with: &'static [&'static str]) -> Self {
        self.conflicts = with;
        self
    }

    pub(crate) fn deprecated(mut self, instead: &'static str) -> Self {
        self.deprecated = Some(instead);
        self
    }

    pub(crate) fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    pub(crate) fn replaces(mut self) -> Self {
        self.replaces = true;
        self
    }

    pub(crate) fn default(mut self, value: impl Into<Value>) -> Self {
        self.default = Some(value.into());
        self
    }

    pub(crate) fn suppress(mut self, suppress: Suppress) -> Self {
        self.suppress = Some(suppress);
        self
    }

    pub(crate) fn stored_as(mut self, form: fn(&str) -> String) -> Self {
        self.stored_as = Some(form);
        self
    }
}

/// A text attribute.
pub(crate) fn text(name: &'static str, mode: Mode) -> Attribute {
    Attribute::new(name, Type::String, mode)
}

/// A number attribute.
pub(crate) fn number(name: &'static str, mode: Mode) -> Attribute {
    Attribute::new(name, Type::Number, mode)
}

/// A bool attribute.
pub(crate) fn boolean(name: &'static str, mode: Mode) -> Attribute {
    Attribute::new(name, Type::Bool, mode)
}

/// A map of texts.
pub(crate) fn text_map(name: &'static str, mode: Mode) -> Attribute {
    Attribute::new(name, Type::map(Type::String), mode)
}

/// A set of texts.
pub(crate) fn text_set(name: &'static str, mode: Mode) -> Attribute {
    Attribute::new(name, Type::set(Type::String), mode)
}

/// A list of texts.
pub(crate) fn text_list(name: &'static str, mode: Mode) -> Attribute {
    Attribute::new(name, Type::list(Type::String), mode)
}

/// How nested blocks are held together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Holding {
    /// In order.
    List,
    /// By what they say; with a name, by that attribute alone.
    Set(Option<&'static str>),
}

/// A nested block type.
#[derive(Clone)]
pub(crate) struct Nested {
    pub(crate) name: &'static str,
    pub(crate) holding: Holding,
    pub(crate) mode: Mode,
    pub(crate) replaces: bool,
    /// At least this many; 0 without a limit.
    pub(crate) min: usize,
    /// At most this many; 0 without a limit.
    pub(crate) max: usize,
    pub(crate) body: Body,
    /// Arguments beside it that must not be said together with it.
    pub(crate) conflicts: &'static [&'static str],
    /// What to use instead, where it is deprecated.
    pub(crate) deprecated: Option<&'static str>,
}

impl Nested {
    pub(crate) fn new(name: &'static str, holding: Holding, mode: Mode, body: Body) -> Self {
        Self {
            name,
            holding,
            mode,
            replaces: false,
            min: 0,
            max: 0,
            body,
            conflicts: &[],
            deprecated: None,
        }
    }

    pub(crate) fn conflicts(mut self, with: &'static [&'static str]) -> Self {
        self.conflicts = with;
        self
    }

    pub(crate) fn deprecated(mut self, instead: &'static str) -> Self {
        self.deprecated = Some(instead);
        self
    }

    pub(crate) fn at_most(mut self, max: usize) -> Self {
        self.max = max;
        self
    }

    pub(crate) fn at_least(mut self, min: usize) -> Self {
        self.min = min;
        self
    }

    pub(crate) fn replaces(mut self) -> Self {
        self.replaces = true;
        self
    }

    /// The type of one block.
    pub(crate) fn element(&self) -> Type {
        self.body.ty()
    }

    /// The blocks as a value.
    pub(crate) fn of(&self, elements: Vec<Value>) -> Value {
        match self.holding {
            Holding::List => Value::list(self.element(), elements),
            Holding::Set(_) => Value::set(self.element(), elements),
        }
    }

    /// The type of all blocks together.
    pub(crate) fn ty(&self) -> Type {
        match self.holding {
            Holding::List => Type::list(self.element()),
            Holding::Set(_) => Type::set(self.element()),
        }
    }
}

/// What a block may hold.
#[derive(Clone, Default)]
pub(crate) struct Body {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) blocks: Vec<Nested>,
    /// The members of a `timeouts` block, if it has one.
    pub(crate) timeouts: &'static [&'static str],
    ty: std::sync::OnceLock<Type>,
}

impl Body {
    pub(crate) fn new(attributes: Vec<Attribute>) -> Self {
        Self {
            attributes,
            ..Self::default()
        }
    }

    pub(crate) fn with_blocks(mut self, blocks: Vec<Nested>) -> Self {
        self.blocks = blocks;
        self
    }

    pub(crate) fn with_timeouts(mut self, timeouts: &'static [&'static str]) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// The type of a value of this block.
    pub(crate) fn ty(&self) -> Type {
        self.ty
            .get_or_init(|| {
                let mut members: Vec<(Arc<str>, Type)> = Vec::new();
                for attribute in &self.attributes {
                    members.push((attribute.name.into(), attribute.ty.clone()));
                }
                for nested in &self.blocks {
                    members.push((nested.name.into(), nested.ty()));
                }
                if !self.timeouts.is_empty() {
                    members.push(("timeouts".into(), timeouts_type(self.timeouts)));
                }
                Type::object(members)
            })
            .clone()
    }

    /// What the block of that name may hold; it must be one of this body's.
    pub(crate) fn within(&self, name: &str) -> &Body {
        &self.nested(name).body
    }

    fn nested(&self, name: &str) -> &Nested {
        let mut blocks = self.blocks.iter();
        let found = blocks.find(|nested| nested.name == name);
        found.expect("a type asks for blocks that its own description has")
    }

    /// The blocks of that name, each from the members that are said of it.
    pub(crate) fn blocks<const N: usize>(
        &self,
        name: &str,
        said: impl IntoIterator<Item = [(&'static str, Value); N]>,
    ) -> Value {
        let nested = self.nested(name);
        let whole = |members: [(&'static str, Value); N]| {
            let members = members.into_iter();
            let members = members.map(|(name, value)| (name.into(), value));
            nested.body.value(members.collect())
        };
        nested.of(said.into_iter().map(whole).collect())
    }

    /// A whole value from the members that are said: the others are null, blocks empty.
    pub(crate) fn value(&self, mut said: BTreeMap<Arc<str>, Value>) -> Value {
        for attribute in &self.attributes {
            said.entry(attribute.name.into())
                .or_insert_with(|| Value::null(attribute.ty.clone()));
        }
        for nested in &self.blocks {
            said.entry(nested.name.into())
                .or_insert_with(|| nested.of(Vec::new()));
        }
        if !self.timeouts.is_empty() {
            said.entry("timeouts".into())
                .or_insert_with(|| Value::null(timeouts_type(self.timeouts)));
        }
        Value::object(said)
    }
}

/// The type of a `timeouts` block with these members.
pub(crate) fn timeouts_type(members: &[&'static str]) -> Type {
    Type::object(members.iter().map(|name| (*name, Type::String)))
}
