//! What a description alone says is wrong with a block: words, lengths, ranges, arguments that exclude
//! each other; and which arguments are deprecated.

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use super::{Attribute, Body, Bounds, Holding};
use crate::members::{elements, member};

/// What is wrong with a block. Unknown parts are passed over.
pub(crate) fn check(body: &Body, config: &Value) -> Problems {
    let mut found = Problems::new();
    block(body, config, &Place::default(), &mut found);
    found
}

/// Where a block stands: as a path, and as messages name it.
#[derive(Clone, Default)]
struct Place {
    path: Path,
    words: String,
    /// Paths into a set end at the set.
    in_set: bool,
}

impl Place {
    fn of(&self, name: &'static str) -> Place {
        let path = match self.in_set {
            true => self.path.clone(),
            false => self.path.attr(name),
        };
        Place {
            path,
            words: self.named(name),
            in_set: self.in_set,
        }
    }

    fn named(&self, name: &str) -> String {
        match self.words.is_empty() {
            true => name.to_owned(),
            false => format!("{}.{name}", self.words),
        }
    }

    fn at(&self, n: usize, set: bool) -> Place {
        let in_set = self.in_set || set;
        Place {
            path: match in_set {
                true => self.path.clone(),
                false => self.path.position(n),
            },
            words: format!("{}.{n}", self.words),
            in_set,
        }
    }
}

fn block(body: &Body, config: &Value, place: &Place, found: &mut Problems) {
    for attribute in &body.attributes {
        let Some(said) = member(config, attribute.name) else {
            continue;
        };
        let here = place.of(attribute.name);
        common(
            attribute.conflicts,
            attribute.deprecated,
            config,
            (place, &here),
            found,
        );
        if said.is_known() {
            within(attribute, said, &here, found);
        }
    }
    for nested in &body.blocks {
        let said = elements(config, nested.name);
        if said.is_empty() {
            continue;
        }
        let here = place.of(nested.name);
        common(
            nested.conflicts,
            nested.deprecated,
            config,
            (place, &here),
            found,
        );
        for (n, element) in said.iter().enumerate() {
            let set = matches!(nested.holding, Holding::Set(_));
            block(&nested.body, element, &here.at(n, set), found);
        }
    }
}

fn common(
    conflicts: &[&'static str],
    deprecated: Option<&'static str>,
    config: &Value,
    (place, here): (&Place, &Place),
    found: &mut Problems,
) {
    for other in conflicts {
        let set = member(config, other)
            .is_some_and(|other| other.is_known() && other.length() != Some(0));
        if set {
            let detail = format!("\"{}\": conflicts with {}", here.words, place.named(other));
            found.push(
                Problem::error("Conflicting configuration arguments", detail).at(here.path.clone()),
            );
        }
    }
    if let Some(instead) = deprecated {
        found.push(Problem::warning("Argument is deprecated", instead).at(here.path.clone()));
    }
}

fn within(attribute: &Attribute, said: &Value, here: &Place, found: &mut Problems) {
    let name = &here.words;
    let text = said.as_str();
    let number = said.as_number().and_then(|number| number.to_i64());
    let summary = match (attribute.bounds, text, number) {
        (Bounds::Words(words), Some(text), _) if !words.contains(&text) => {
            let listed: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
            let listed = listed.join(" ");
            format!("expected {name} to be one of [{listed}], got {text}")
        }
        (Bounds::Length(least, most), Some(text), _) if !(least..=most).contains(&text.len()) => {
            format!("expected length of {name} to be in the range ({least} - {most}), got {text}")
        }
        (Bounds::Range(least, most), _, Some(n)) if !(least..=most).contains(&n) => {
            format!("expected {name} to be in the range ({least} - {most}), got {n}")
        }
        (Bounds::AtLeast(least), _, Some(n)) if n < least => {
            format!("expected {name} to be at least ({least}), got {n}")
        }
        (Bounds::Json, Some(text), _) if !text.is_empty() => {
            match serde_json::from_str::<serde_json::Value>(text) {
                Ok(_) => return,
                Err(error) => format!("\"{name}\" contains an invalid JSON: {error}"),
            }
        }
        _ => return,
    };
    found.push(Problem::error(summary, "").at(here.path.clone()));
}
