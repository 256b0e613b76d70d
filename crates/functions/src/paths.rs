//! Paths as text: nothing here looks at a file.

use trueup_value::Value;

use crate::context::Context;
use crate::files::PATH;
use crate::function::{Function, FunctionError, Shape, call_error};

/// The shortest form of a path: no `.`, no doubled slashes, `..` resolved where it can be.
pub(crate) fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&last) if last != ".." => {
                    parts.pop();
                }
                _ if rooted => {}
                _ => parts.push(".."),
            },
            part => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

/// The path with the home directory in place of `~`.
pub(crate) fn expanded(path: &str, cx: &Context<'_>) -> Result<String, FunctionError> {
    let Some(rest) = path.strip_prefix('~') else {
        return Ok(path.to_owned());
    };
    if !rest.is_empty() && !rest.starts_with(['/', '\\']) {
        return Err(call_error("cannot expand user-specific home dir"));
    }
    let home = cx
        .home
        .ok_or_else(|| call_error("the home directory is not known"))?
        .to_string_lossy();
    if rest.is_empty() {
        return Ok(home.into_owned());
    }
    Ok(clean(&format!("{home}/{rest}")))
}

/// `abspath`
pub static ABSPATH: Function = Function::new(
    "abspath",
    "The path from the root of the file system.",
    &[PATH],
    Shape::String,
    |call| {
        let path = call.text(0);
        Ok(Value::string(if path.starts_with('/') {
            clean(path)
        } else {
            clean(&format!("{}/{path}", call.cx.base_dir.to_string_lossy()))
        }))
    },
);

/// `basename`
pub static BASENAME: Function = Function::new(
    "basename",
    "The last part of a path.",
    &[PATH],
    Shape::String,
    |call| {
        let path = call.text(0);
        if path.is_empty() {
            return Ok(Value::string("."));
        }
        let trimmed = path.trim_end_matches('/');
        Ok(Value::string(match trimmed.rsplit('/').next() {
            None | Some("") => "/",
            Some(last) => last,
        }))
    },
);

/// `dirname`
pub static DIRNAME: Function = Function::new(
    "dirname",
    "A path without its last part.",
    &[PATH],
    Shape::String,
    |call| {
        let path = call.text(0);
        let directory = path.rfind('/').map_or("", |at| &path[..=at]);
        Ok(Value::string(clean(directory)))
    },
);

/// `pathexpand`
pub static PATHEXPAND: Function = Function::new(
    "pathexpand",
    "A path with the home directory in place of ~.",
    &[PATH],
    Shape::String,
    |call| expanded(call.text(0), call.cx).map(Value::string),
);
