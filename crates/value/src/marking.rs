//! Marks on values and inside them.

use std::collections::BTreeMap;

use crate::marks::Marks;
use crate::path::Path;
use crate::value::{Kind, Value, ValueRef};

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

    /// Whether the value is an infinite number or holds one: no file can keep it.
    pub fn contains_infinity(&self) -> bool {
        match self.view() {
            ValueRef::Number(number) => number.is_infinite(),
            ValueRef::List { elements, .. } | ValueRef::Set { elements, .. } => {
                elements.iter().any(Value::contains_infinity)
            }
            ValueRef::Tuple(elements) => elements.iter().any(Value::contains_infinity),
            ValueRef::Map { elements, .. } => elements.values().any(Value::contains_infinity),
            ValueRef::Object(attributes) => attributes.values().any(Value::contains_infinity),
            _ => false,
        }
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
