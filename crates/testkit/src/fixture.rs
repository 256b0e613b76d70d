//! Edits of a runnable configuration: what one step of its `expect.json` changes about the files.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::copy_tree;

/// Makes the edit of a step in a project that was copied from a fixture.
///
/// `lines` are files of the fixture but for some places, each found by what it `was`, which stands in its
/// file once. Without them the files of the edit's folder are laid over the project.
///
/// # Errors
/// What of it is not as it says, and what the file system has against it.
pub fn edit(fixture: &Path, project: &Path, step: &Value) -> Result<(), String> {
    let name = step.get("edit").and_then(Value::as_str).unwrap_or_default();
    let say = |error: std::io::Error| format!("{name}: {error}");
    let Some(lines) = step.get("lines").and_then(Value::as_object) else {
        return copy_tree(&fixture.join("edits").join(name), project, &[]).map_err(say);
    };
    for (file, places) in lines {
        let mut text = fs::read_to_string(fixture.join(file)).map_err(say)?;
        for place in places.as_array().into_iter().flatten() {
            let side = |side| place.get(side).and_then(Value::as_str).unwrap_or_default();
            let was = side("was");
            match text.matches(was).count() {
                1 if !was.is_empty() => text = text.replace(was, side("is")),
                found => return Err(format!("{name}: {found} places of {file} are {was:?}")),
            }
        }
        fs::write(project.join(file), text).map_err(say)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Project;

    #[test]
    fn lines_are_those_of_the_fixture_and_stand_in_it_once() {
        let fixture = Project::with("a = 1\nb = 1\nc = 1\n");
        let project = Project::with("a = 2\nb = 1\nc = 1\n");
        let step =
            |was: &str| json!({"edit": "e", "lines": {"main.tf": [{"was": was, "is": "b = 3\n"}]}});
        edit(&fixture.path(), &project.path(), &step("b = 1\n")).expect("b stands there once");
        assert_eq!(
            project.read("main.tf").as_deref(),
            Some("a = 1\nb = 3\nc = 1\n")
        );
        for wrong in ["", "d = 1\n", " = 1\n"] {
            let refused = edit(&fixture.path(), &project.path(), &step(wrong));
            assert!(refused.is_err(), "{wrong:?}");
        }
    }
}
