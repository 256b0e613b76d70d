//! Paths into a value: attribute and index steps.

use std::fmt;
use std::sync::Arc;

use crate::value::{Value, ValueRef};

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// An object's attribute.
    Attr(Arc<str>),
    /// An element of a list or tuple (number), map (string) or set (the element itself).
    Index(Value),
}

/// A way from a value to something inside it. The empty path is the value itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Path(pub Vec<Step>);

/// Why a path could not be followed: the text is meant for a person.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct PathError {
    /// How far the path was followed.
    pub path: Path,
    /// What was wrong there.
    pub message: String,
}

impl Path {
    /// The empty path.
    pub fn new() -> Path {
        Path(Vec::new())
    }

    /// This path with one attribute step more.
    #[must_use]
    pub fn attr(&self, name: impl Into<Arc<str>>) -> Path {
        let mut steps = self.0.clone();
        steps.push(Step::Attr(name.into()));
        Path(steps)
    }

    /// This path with one index step more.
    #[must_use]
    pub fn index(&self, key: Value) -> Path {
        let mut steps = self.0.clone();
        steps.push(Step::Index(key));
        Path(steps)
    }

    /// This path with a list or tuple position more.
    #[must_use]
    pub fn position(&self, position: usize) -> Path {
        self.index(Value::from(position))
    }

    /// This path with a map key more.
    #[must_use]
    pub fn key(&self, key: impl AsRef<str>) -> Path {
        self.index(Value::string(key))
    }

    /// The steps in order.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Whether this is the value itself.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `prefix` is the beginning of this path (or the whole of it).
    pub fn starts_with(&self, prefix: &Path) -> bool {
        self.0.starts_with(&prefix.0)
    }

    /// Follows the path. Marks of the values on the way are put on the result.
    pub fn apply(&self, value: &Value) -> Result<Value, PathError> {
        let mut current = value.clone();
        for (position, step) in self.0.iter().enumerate() {
            let at = || Path(self.0[..position].to_vec());
            current = match step {
                Step::Attr(name) => current.get_attr(name),
                Step::Index(key) if matches!(current.view(), ValueRef::Set { .. }) => {
                    let marks = current.marks();
                    current
                        .elements()
                        .map(|(_, element)| element)
                        .find(|element| element.raw_equals(key))
                        .map(|element| element.clone().with_marks(marks))
                        .ok_or_else(|| {
                            crate::value::AccessError("set has no such element".to_owned())
                        })
                }
                Step::Index(key) => current.index(key),
            }
            .map_err(|error| PathError {
                path: at(),
                message: error.0,
            })?;
        }
        Ok(current)
    }
}

/// Writes the path as Terraform's diagnostics do: `.name[0]["key"]`.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.0 {
            match step {
                Step::Attr(name) => write!(f, ".{name}")?,
                Step::Index(key) => match key.view() {
                    ValueRef::String(text) => write!(f, "[{}]", crate::json::quote(text))?,
                    ValueRef::Number(number) => write!(f, "[{number}]")?,
                    _ => f.write_str("[...]")?,
                },
            }
        }
        Ok(())
    }
}
