//! Instance keys and resource instances.

use std::fmt;
use std::sync::Arc;

use crate::{AbsResource, ConfigResource, ModuleInstance, Resource};

/// Which instance of a repeated object: none, a `count` index, or a `for_each` key.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum InstanceKey {
    /// The only instance of an object without `count` and `for_each`.
    #[default]
    None,
    /// An index made by `count`, from 0.
    Int(u64),
    /// A key made by `for_each`.
    Str(Arc<str>),
}

impl fmt::Display for InstanceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Int(index) => write!(f, "[{index}]"),
            Self::Str(key) => {
                f.write_str("[\"")?;
                write_quoted(f, key)?;
                f.write_str("\"]")
            }
        }
    }
}

/// Writes `text` as the inside of a quoted HCL string, so that it reads back as itself.
fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            '$' | '%' if chars.peek() == Some(&'{') => write!(f, "{c}{c}")?,
            c if c.is_control() => write!(f, "\\u{:04x}", c as u32)?,
            c => write!(f, "{c}")?,
        }
    }
    Ok(())
}

/// One instance of a resource: the unit of plans and of state.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AbsInstance {
    /// The resource within its module instance.
    pub resource: AbsResource,
    /// Which of its instances.
    pub key: InstanceKey,
}

impl AbsInstance {
    /// The instance `key` of `resource`.
    pub fn new(resource: AbsResource, key: InstanceKey) -> Self {
        Self { resource, key }
    }

    /// The instance `key` of a resource of the root module.
    pub fn in_root(resource: Resource, key: InstanceKey) -> Self {
        Self::new(AbsResource::new(ModuleInstance::root(), resource), key)
    }

    /// The configuration block that this is an instance of.
    pub fn config(&self) -> ConfigResource {
        self.resource.config()
    }

    /// The text of the address without its module: `aws_dynamodb_table.orders["a"]`.
    pub fn local_text(&self) -> String {
        format!("{}{}", self.resource.resource, self.key)
    }
}

impl fmt::Display for AbsInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.resource, self.key)
    }
}
