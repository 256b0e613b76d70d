//! Places within an object, as people name them: `tags["Owner"]`, `global_secondary_index["by_status"].read_capacity`.

use std::fmt;
use std::sync::Arc;

use trueup_addrs::{AbsInstance, Target, located};
use trueup_diagnostics::{Diagnostic, Diagnostics, SourceId, Span};
use trueup_parser::{Literal, StepKind, Traversal, parse_traversal_pattern};
use trueup_value::{Path, Step, Value};

/// One step of a [`Place`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Part {
    Name(Arc<str>),
    Position(usize),
    Any,
}

/// A place within an object and all that lies below it. Without any step, the whole object.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place(Vec<Part>);

impl Place {
    /// The place that steps lead to. A name and a key in brackets are one: `tags.Owner` is `tags["Owner"]`.
    fn of_steps(steps: &[trueup_parser::Step]) -> Self {
        Self(
            steps
                .iter()
                .map(|step| match &step.kind {
                    StepKind::Attr(name) => Part::Name(name.clone()),
                    StepKind::Index(Literal::String(key)) => Part::Name(key.clone()),
                    StepKind::Index(Literal::Number(text)) => match text.parse() {
                        Ok(position) => Part::Position(position),
                        Err(_) => Part::Name(text.clone()),
                    },
                    StepKind::Index(_) | StepKind::Splat => Part::Any,
                })
                .collect(),
        )
    }

    /// The place that a reference of `ignore_changes` names.
    pub(crate) fn of_traversal(traversal: &Traversal) -> Self {
        let mut place = Self::of_steps(&traversal.steps);
        place.0.insert(0, Part::Name(traversal.root.name.clone()));
        place
    }

    /// Whether it is the whole object.
    pub fn is_whole(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether what differs at `path` lies at or below this place.
    pub fn covers(&self, path: &Path) -> bool {
        let steps = path.steps();
        self.0.len() <= steps.len()
            && self.0.iter().zip(steps).all(|(part, step)| match part {
                Part::Any => true,
                Part::Name(name) => name_in(step) == Some(name),
                Part::Position(position) => match step {
                    Step::Attr(_) => false,
                    Step::Index(key) => position_of(key) == Some(*position),
                },
            })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, part) in self.0.iter().enumerate() {
            match part {
                Part::Name(name) if n == 0 => f.write_str(name)?,
                Part::Name(name) if trueup_parser::is_identifier(name) => write!(f, ".{name}")?,
                Part::Name(name) => write!(f, "[{}]", trueup_parser::quoted(name))?,
                Part::Position(position) => write!(f, "[{position}]")?,
                Part::Any => f.write_str("[*]")?,
            }
        }
        Ok(())
    }
}

/// The name of a step: an attribute's, or a key's, which mean the same to people.
pub(super) fn name_in(step: &Step) -> Option<&str> {
    match step {
        Step::Attr(name) => Some(name),
        Step::Index(key) => key.as_str(),
    }
}

/// The position that a key stands for.
pub(super) fn position_of(key: &Value) -> Option<usize> {
    usize::try_from(key.as_number()?.to_u64()?).ok()
}

/// A path as people write it: without its first dot.
pub fn path_text(path: &Path) -> String {
    let text = path.to_string();
    match text.strip_prefix('.') {
        Some(text) => text.to_owned(),
        None => text,
    }
}

/// Objects, and a place within them: what `ADDRESS[.attribute]` names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Subject {
    /// The objects.
    pub target: Target,
    /// The place within each.
    pub place: Place,
}

impl Subject {
    /// Reads `module.m.aws_dynamodb_table.orders["a"].tags.Owner`: an address, then a place.
    ///
    /// # Errors
    /// What is no address, pointing into the text; `source` is where it stands, from byte `offset`.
    pub fn read(source: SourceId, text: &str, offset: u32) -> Result<Self, Diagnostics> {
        let (traversal, diagnostics) = parse_traversal_pattern(source, text, offset);
        let Some(traversal) = traversal.filter(|_| !diagnostics.has_errors()) else {
            return Err(diagnostics);
        };
        let whole = traversal.steps.len();
        let mut first = None;
        for taken in (0..=whole).rev() {
            let shorter = Traversal {
                root: traversal.root.clone(),
                steps: traversal.steps[..taken].to_vec(),
            };
            match located::target(&shorter) {
                Ok(Target::Module(_)) if taken < whole => break,
                Ok(target) => {
                    return Ok(Self {
                        target,
                        place: Place::of_steps(&traversal.steps[taken..]),
                    });
                }
                Err(diagnostic) => {
                    first.get_or_insert(diagnostic);
                }
            }
        }
        let span = Span::new(source, offset, offset + text.len() as u32);
        let said = first.map_or_else(String::new, |diagnostic| diagnostic.detail.clone());
        Err(Diagnostic::error(
            "Invalid address",
            format!("{text:?} names no resource, such as aws_dynamodb_table.orders or aws_dynamodb_table.orders.tags[\"Owner\"]. {said}").trim_end().to_owned(),
        )
        .at(span)
        .into())
    }

    /// Whether it names the whole object.
    pub fn covers_whole(&self, addr: &AbsInstance) -> bool {
        self.place.is_whole() && self.target.covers(addr)
    }

    /// Whether it names this place of this object. A whole object is named by itself only.
    pub fn covers(&self, addr: &AbsInstance, path: &Path) -> bool {
        self.target.covers(addr) && self.place.covers(path)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place.is_whole() {
            true => write!(f, "{}", self.target),
            false => write!(f, "{}.{}", self.target, self.place),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Subject, Diagnostics> {
        Subject::read(SourceId(0), text, 0)
    }

    #[test]
    fn an_address_and_a_place() {
        for (text, wanted) in [
            ("aws_dynamodb_table.orders", "aws_dynamodb_table.orders"),
            (
                "aws_dynamodb_table.orders.tags[\"Owner\"]",
                "aws_dynamodb_table.orders.tags.Owner",
            ),
            (
                "module.m[0].aws_dynamodb_table.orders[\"a b\"].tags[\"a b\"]",
                "module.m[0].aws_dynamodb_table.orders[\"a b\"].tags[\"a b\"]",
            ),
            ("module.m", "module.m"),
            (
                "aws_dynamodb_table.orders.global_secondary_index[*].read_capacity",
                "aws_dynamodb_table.orders.global_secondary_index[*].read_capacity",
            ),
        ] {
            let read = read(text).map(|subject| subject.to_string());
            assert_eq!(read.as_deref().ok(), Some(wanted), "{text}");
        }
        for text in ["orders", "module.m.x", "", "a b", "var.x"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_place_covers_what_lies_below() {
        let subject = read("aws_dynamodb_table.orders.tags").expect("an address");
        let tags = Path::new().attr("tags");
        assert!(subject.place.covers(&tags.key("Owner")));
        assert!(subject.place.covers(&tags));
        assert!(!subject.place.covers(&Path::new()));
        let any = read("aws_x.y.index[*].read").expect("an address");
        assert!(
            any.place
                .covers(&Path::new().attr("index").key("a").attr("read"))
        );
        assert!(
            !any.place
                .covers(&Path::new().attr("index").key("a").attr("write"))
        );
    }
}
