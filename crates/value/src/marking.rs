//! Marks on values and inside them, and refining unknowns.

use std::collections::BTreeMap;
use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use crate::marks::Marks;
use crate::path::Path;
use crate::refinements::{Bound, Refinements};
use crate::types::Type;
use crate::value::{Kind, Value, ValueRef};

/// A list of this many elements or fewer is spelled out as unknown elements when its exact length
/// is known; longer ones stay a single unknown with a length.
const LONGEST_SPELLED_OUT: usize = 1024;

/// Marks.
impl Value {
    /// The marks on the value itself.
    pub fn marks(&self) -> Marks {
        self.marks
    }

    /// Whether the value itself carries all of `marks`.
    pub fn has_mark(&self, marks: Marks) -> bool {
        self.marks.contains(marks)
    }

    /// The value with these marks too.
    #[must_use]
    pub fn mark(&self, marks: Marks) -> Value {
        self.clone().with_marks(marks)
    }

    /// As [`mark`](Value::mark), consuming the value.
    #[must_use]
    pub fn with_marks(mut self, marks: Marks) -> Value {
        self.marks |= marks;
        self
    }

    /// The value without its own marks, and these. Elements keep theirs.
    pub fn unmark(&self) -> (Value, Marks) {
        (
            Value {
                kind: self.kind.clone(),
                marks: Marks::NONE,
            },
            self.marks,
        )
    }

    /// The value without some of its own marks.
    #[must_use]
    pub fn without_marks(&self, marks: Marks) -> Value {
        Value {
            kind: self.kind.clone(),
            marks: self.marks.without(marks),
        }
    }

    /// Whether the value or anything inside carries a mark. Takes constant time.
    pub fn contains_marked(&self) -> bool {
        !self.inside().marks.is_empty()
    }

    /// Whether the value or anything inside carries one of `marks`. Takes constant time.
    pub fn contains_mark(&self, marks: Marks) -> bool {
        self.inside().marks.intersects(marks)
    }

    /// All marks on the value and inside it, together. Takes constant time.
    pub fn marks_inside(&self) -> Marks {
        self.inside().marks
    }

    /// The value with no mark anywhere.
    #[must_use]
    pub fn without_marks_inside(&self) -> Value {
        if !self.contains_marked() {
            return self.clone();
        }
        self.rebuilt(&mut |child| child.without_marks_inside())
            .unmark()
            .0
    }

    /// The value with no mark anywhere, and where which marks were: outer before inner, in order.
    pub fn unmark_deep(&self) -> (Value, Vec<(Path, Marks)>) {
        let mut found = Vec::new();
        collect_marks(self, &Path::new(), &mut found);
        (self.without_marks_inside(), found)
    }

    /// The value with marks put at paths. Paths that lead nowhere (also into an unknown or
    /// a null) are passed over; a path into a set marks the set.
    #[must_use]
    pub fn mark_paths(&self, marks: &[(Path, Marks)]) -> Value {
        let wanted: Vec<(&[crate::path::Step], Marks)> = marks
            .iter()
            .map(|(path, marks)| (path.steps(), *marks))
            .collect();
        mark_steps(self, &wanted)
    }

    /// The same compound value with every direct child passed through `change`. Other values are
    /// returned as they are. The result has the marks of the value. The caller keeps types: in a
    /// collection children keep theirs.
    pub fn rebuilt(&self, change: &mut dyn FnMut(&Value) -> Value) -> Value {
        let rebuilt = match self.view() {
            ValueRef::List { elem, elements } => {
                Value::list(elem.clone(), elements.iter().map(change).collect())
            }
            ValueRef::Set { elem, elements } => {
                Value::set(elem.clone(), elements.iter().map(change).collect())
            }
            ValueRef::Tuple(elements) => Value::tuple(elements.iter().map(change).collect()),
            ValueRef::Map { elem, elements } => Value::map(
                elem.clone(),
                elements
                    .iter()
                    .map(|(key, value)| (key.clone(), change(value)))
                    .collect(),
            ),
            ValueRef::Object(attributes) => Value::object(
                attributes
                    .iter()
                    .map(|(name, value)| (name.clone(), change(value)))
                    .collect(),
            ),
            _ => return self.clone(),
        };
        rebuilt.with_marks(self.marks)
    }
}

fn collect_marks(value: &Value, path: &Path, found: &mut Vec<(Path, Marks)>) {
    if !value.contains_marked() {
        return;
    }
    if !value.marks().is_empty() {
        found.push((path.clone(), value.marks()));
    }
    let is_object = matches!(value.kind, Kind::Object(_));
    for (key, element) in value.elements() {
        if !element.contains_marked() {
            continue;
        }
        let below = match key {
            crate::elements::ElementKey::Name(name) if is_object => path.attr(name.clone()),
            other => path.index(other.to_value()),
        };
        collect_marks(element, &below, found);
    }
}

fn mark_steps(value: &Value, wanted: &[(&[crate::path::Step], Marks)]) -> Value {
    use crate::path::Step;
    if wanted.is_empty() {
        return value.clone();
    }
    let mut here = Marks::NONE;
    let mut deeper: Vec<(&[Step], Marks)> = Vec::new();
    for (steps, marks) in wanted {
        if steps.is_empty() {
            here |= *marks;
        } else {
            deeper.push((steps, *marks));
        }
    }
    let mut result = value.clone();
    if !deeper.is_empty() {
        match &value.kind {
            Kind::Set(_) => {
                for (_, marks) in &deeper {
                    here |= *marks;
                }
            }
            Kind::List(sequence) | Kind::Tuple(sequence) => {
                let mut below: BTreeMap<usize, Vec<(&[Step], Marks)>> = BTreeMap::new();
                for (steps, marks) in &deeper {
                    if let Step::Index(key) = &steps[0]
                        && let Some(position) = key.as_number().and_then(|n| n.to_u64())
                        && let Ok(position) = usize::try_from(position)
                        && position < sequence.elements.len()
                    {
                        below
                            .entry(position)
                            .or_default()
                            .push((&steps[1..], *marks));
                    }
                }
                if !below.is_empty() {
                    let mut position = 0_usize;
                    result = value.rebuilt(&mut |child| {
                        let wanted = below.get(&position).map_or(&[][..], Vec::as_slice);
                        position += 1;
                        mark_steps(child, wanted)
                    });
                }
            }
            Kind::Map(members) | Kind::Object(members) => {
                let mut below: BTreeMap<&str, Vec<(&[Step], Marks)>> = BTreeMap::new();
                for (steps, marks) in &deeper {
                    let name = match &steps[0] {
                        Step::Attr(name) => &**name,
                        Step::Index(key) => match key.as_str() {
                            Some(name) => name,
                            None => continue,
                        },
                    };
                    if members.members.contains_key(name) {
                        below.entry(name).or_default().push((&steps[1..], *marks));
                    }
                }
                if !below.is_empty() {
                    let mut changed = members.members.clone();
                    for (name, wanted) in below {
                        if let Some(child) = changed.get_mut(name) {
                            *child = mark_steps(child, &wanted);
                        }
                    }
                    let is_object = matches!(value.kind, Kind::Object(_));
                    result = if is_object {
                        Value::object(changed)
                    } else {
                        Value::map(members.element.clone(), changed)
                    }
                    .with_marks(value.marks());
                }
            }
            _ => {}
        }
    }
    result.with_marks(here)
}

/// Refinements.
impl Value {
    /// What is known about an unknown value; `None` for known values.
    pub fn refinements(&self) -> Option<&Refinements> {
        match self.view() {
            ValueRef::Unknown(_, refinements) => Some(refinements),
            _ => None,
        }
    }

    /// An unknown value with more known about it; other values unchanged. Where both say
    /// something the narrower is kept.
    #[must_use]
    pub fn refine(&self, more: Refinements) -> Value {
        let Kind::Unknown(ty, refinements) = &self.kind else {
            return self.clone();
        };
        let before = refinements.as_deref().cloned().unwrap_or_default();
        refined(ty.clone(), before.narrowed(more)).with_marks(self.marks)
    }

    /// An unknown value that will not be null; other values unchanged.
    #[must_use]
    pub fn refine_not_null(&self) -> Value {
        self.refine(Refinements::not_null())
    }
}

impl Refinements {
    /// What holds when both hold: the narrower of each.
    #[must_use]
    pub fn narrowed(self, more: Refinements) -> Refinements {
        fn narrower(a: Option<Bound>, b: Option<Bound>, upper: bool) -> Option<Bound> {
            match (a, b) {
                (Some(a), Some(b)) => Some(match a.value.cmp(&b.value) {
                    std::cmp::Ordering::Equal => {
                        if a.inclusive {
                            b
                        } else {
                            a
                        }
                    }
                    std::cmp::Ordering::Less => {
                        if upper {
                            a
                        } else {
                            b
                        }
                    }
                    std::cmp::Ordering::Greater => {
                        if upper {
                            b
                        } else {
                            a
                        }
                    }
                }),
                (a, b) => a.or(b),
            }
        }
        Refinements {
            not_null: self.not_null || more.not_null,
            string_prefix: match (self.string_prefix, more.string_prefix) {
                (Some(a), Some(b)) => Some(if b.len() > a.len() { b } else { a }),
                (a, b) => a.or(b),
            },
            number_min: narrower(self.number_min, more.number_min, false),
            number_max: narrower(self.number_max, more.number_max, true),
            length_min: self.length_min.max(more.length_min),
            length_max: match (self.length_max, more.length_max) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            },
        }
    }

    /// Only what makes sense for a type.
    fn fitting(mut self, ty: &Type) -> Refinements {
        if matches!(ty, Type::Dynamic) {
            return Refinements::default();
        }
        if !matches!(ty, Type::String) || self.string_prefix.as_deref() == Some("") {
            self.string_prefix = None;
        }
        if !matches!(ty, Type::Number) {
            self.number_min = None;
            self.number_max = None;
        }
        if !ty.is_collection() {
            self.length_min = None;
            self.length_max = None;
        }
        if self.length_min == Some(0) {
            self.length_min = None;
        }
        self
    }
}

/// The value that the refinements leave: known where they say everything.
pub(crate) fn refined(ty: Type, refinements: Refinements) -> Value {
    let refinements = refinements.fitting(&ty);
    if refinements.not_null {
        if let (Some(min), Some(max)) = (&refinements.number_min, &refinements.number_max)
            && min.inclusive
            && max.inclusive
            && min.value == max.value
        {
            return Value::number(min.value.clone());
        }
        match (&ty, refinements.length_max) {
            (Type::List(element), Some(0)) => return Value::list((**element).clone(), Vec::new()),
            (Type::Set(element), Some(0)) => return Value::set((**element).clone(), Vec::new()),
            (Type::Map(element), Some(0)) => {
                return Value::map((**element).clone(), BTreeMap::new());
            }
            (Type::List(element), Some(max))
                if refinements.length_min == Some(max) && max <= LONGEST_SPELLED_OUT =>
            {
                let unknown = Value::unknown((**element).clone());
                return Value::list((**element).clone(), vec![unknown; max]);
            }
            (Type::Set(element), Some(1)) if refinements.length_min == Some(1) => {
                let unknown = Value::unknown((**element).clone());
                return Value::set((**element).clone(), vec![unknown]);
            }
            _ => {}
        }
    }
    Value::unknown_exactly(ty, refinements)
}

/// A string prefix that is safe to promise: what may still combine with following text is cut off.
/// The last grapheme cluster is dropped, since text that follows may join it.
pub fn safe_prefix(prefix: &str) -> Arc<str> {
    let safe_end = match prefix.grapheme_indices(true).next_back() {
        Some((_, last)) if last.chars().next_back().is_some_and(is_never_joined) => prefix.len(),
        Some((start, _)) => start,
        None => 0,
    };
    Arc::from(&prefix[..safe_end])
}

/// Characters that nothing after them can join by normalisation or clustering rules of ASCII text
/// (a combining mark can follow a letter; after these separators it is not expected).
fn is_never_joined(last: char) -> bool {
    matches!(
        last,
        '-' | '_'
            | ':'
            | ';'
            | '/'
            | '\\'
            | ','
            | '.'
            | '('
            | ')'
            | '{'
            | '}'
            | '|'
            | '?'
            | '!'
            | '~'
            | ' '
            | '\t'
            | '@'
            | '#'
            | '$'
            | '%'
            | '^'
            | '&'
            | '*'
            | '+'
            | '"'
            | '\''
    )
}
