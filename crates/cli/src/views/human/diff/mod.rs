//! How one object differs from another, and how that is shown.
//!
//! [`Change`] is what plan JSON says of a change. [`compare`] makes a tree of [`Diff`]s of it by the schema,
//! [`render`] makes text of that tree.

mod change;
pub mod compare;
mod json_value;
mod matching;
mod render;
mod render_block;
mod render_text;
mod sequence;

use std::collections::BTreeMap;

use trueup_plan::Action;
use trueup_plan::json::Json;

pub use change::Change;
pub use matching::Paths;
pub use render::{Look, action_symbol, attribute_name, render};
pub use render_text::quote;

/// What becomes of a value, and how that is shown.
#[derive(Clone, Debug)]
pub struct Diff {
    /// Create, update, delete or nothing.
    pub action: Action,
    /// Whether this is what forces a replacement of the object.
    pub replace: bool,
    /// What kind of value it is.
    pub kind: Kind,
}

/// The kinds of values that are shown differently.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A bool, a number or null.
    Scalar {
        /// The value before.
        before: Json,
        /// The value after.
        after: Json,
    },
    /// A string, or null.
    Text {
        /// The value before.
        before: Json,
        /// The value after.
        after: Json,
    },
    /// An object, its attributes by name.
    Object(BTreeMap<String, Diff>),
    /// A map, its elements by key.
    Map(BTreeMap<String, Diff>),
    /// A list or tuple.
    List(Vec<Diff>),
    /// A set.
    Set(Vec<Diff>),
    /// The body of a resource or of a nested block.
    Block(BlockDiff),
    /// A value that is not known yet, with what was there before.
    Unknown(Option<Box<Diff>>),
    /// A value that is not shown.
    Sensitive(SensitiveDiff),
    /// A block that is not shown.
    SensitiveBlock(SensitiveDiff),
    /// A value whose type changes, first deleted, then created.
    TypeChange(Box<Diff>, Box<Diff>),
}

/// A value that is not shown.
#[derive(Clone, Debug)]
pub struct SensitiveDiff {
    /// What happens to the value itself.
    pub inner: Action,
    /// Whether it was sensitive before.
    pub before: bool,
    /// Whether it is sensitive after.
    pub after: bool,
}

/// The body of a block.
#[derive(Clone, Debug, Default)]
pub struct BlockDiff {
    /// Its attributes by name.
    pub attributes: BTreeMap<String, Diff>,
    /// Its nested blocks by type.
    pub blocks: BTreeMap<String, BlockGroup>,
}

/// The nested blocks of one type.
#[derive(Clone, Debug)]
pub struct BlockGroup {
    /// The blocks in order, those of a map with their key.
    pub blocks: Vec<(Option<String>, Diff)>,
    /// Whether the group as a whole forces a replacement.
    pub replace: bool,
    /// Whether the group as a whole was sensitive.
    pub before_sensitive: bool,
    /// Whether the group as a whole is to be sensitive.
    pub after_sensitive: bool,
    /// Whether it is not known yet which blocks there will be.
    pub unknown: bool,
}

impl Diff {
    fn new(action: Action, kind: Kind, replace: bool) -> Self {
        Self {
            action,
            replace,
            kind,
        }
    }
}

/// The action of a whole to which a part with action `next` is added.
fn combine(current: Action, next: Action) -> Action {
    if next == Action::NoOp || current == next {
        current
    } else {
        Action::Update
    }
}
