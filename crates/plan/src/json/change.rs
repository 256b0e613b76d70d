//! One change as JSON trees: before, after, and where it is unknown, sensitive or forces a replacement.

use trueup_schema::Block;
use trueup_value::{Marks, Path, Step, Value};

use super::value::{known, sensitive, unknown};
use super::{Fields, Json};
use crate::{Action, OutputChange, ResourceChange};

/// One change as JSON trees.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ChangeTrees {
    /// The value before; null where there was none.
    pub before: Json,
    /// The value after without what is unknown; `None` where the whole is unknown.
    pub after: Option<Json>,
    /// Where the value after is unknown, in its shape.
    pub after_unknown: Json,
    /// Where the value before is sensitive, in its shape.
    pub before_sensitive: Json,
    /// Where the value after is sensitive, in its shape.
    pub after_sensitive: Json,
    /// The paths that force a replacement, each a list of names and positions.
    pub replace_paths: Vec<Vec<Json>>,
}

impl ChangeTrees {
    /// The trees of a resource's change. What the schema calls sensitive is so too.
    pub fn of(change: &ResourceChange, block: Option<&Block>) -> Self {
        let before = with_schema_marks(&change.before, block);
        let after = with_schema_marks(&change.after, block);
        let after_unknown = if after.is_wholly_known() {
            Json::object::<&str>([])
        } else {
            unknown(&after)
        };
        Self {
            before: known(&before).unwrap_or_default(),
            after: known(&after),
            after_unknown,
            before_sensitive: sensitive(&before),
            after_sensitive: sensitive(&after),
            replace_paths: change.required_replace.iter().map(path_steps).collect(),
        }
    }

    /// The object `change` of plan JSON.
    pub(super) fn json(
        &self,
        action: Action,
        importing: Option<&str>,
        generated: Option<&str>,
    ) -> Json {
        let names = action.json_names().iter().map(Json::string);
        let paths = self
            .replace_paths
            .iter()
            .map(|path| Json::array(path.iter().cloned()));
        Fields::new()
            .with("actions", Json::array(names))
            .with("before", self.before.clone())
            .with_some("after", self.after.clone())
            .with("after_unknown", self.after_unknown.clone())
            .with("before_sensitive", self.before_sensitive.clone())
            .with("after_sensitive", self.after_sensitive.clone())
            .with_some(
                "replace_paths",
                (!self.replace_paths.is_empty()).then(|| Json::array(paths)),
            )
            .with_some(
                "importing",
                importing.map(|id| Fields::new().text("id", id).json()),
            )
            .with_some("generated_config", generated.map(Json::string))
            .json()
    }
}

/// The trees of an output's change: a sensitive output is so as a whole.
pub fn output_trees(output: &OutputChange) -> ChangeTrees {
    let (before, after) = (
        output.before.without_marks_inside(),
        output.after.without_marks_inside(),
    );
    let after_unknown = if after.is_wholly_known() {
        Json::Bool(false)
    } else {
        unknown(&after)
    };
    ChangeTrees {
        before: known(&before).unwrap_or_default(),
        after: known(&after),
        after_unknown,
        before_sensitive: Json::Bool(output.sensitive),
        after_sensitive: Json::Bool(output.sensitive),
        replace_paths: Vec::new(),
    }
}

/// The value, also marked sensitive where the schema says so.
pub fn with_schema_marks(value: &Value, block: Option<&Block>) -> Value {
    match block {
        Some(block) if !value.is_null() && block.contains_sensitive() => {
            let marks: Vec<(Path, Marks)> = block.sensitive_paths(value);
            value.mark_paths(&marks)
        }
        _ => value.clone(),
    }
}

/// The steps of a path: names as strings, positions as numbers, elements of sets as themselves.
pub fn path_steps(path: &Path) -> Vec<Json> {
    path.steps()
        .iter()
        .map(|step| match step {
            Step::Attr(name) => Json::String(name.clone()),
            Step::Index(key) => known(key).unwrap_or_default(),
        })
        .collect()
}
