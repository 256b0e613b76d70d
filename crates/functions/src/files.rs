//! Files: their contents, whether they are there, which ones match a pattern.

mod matching;

use std::io;
use std::path::Path;

use base64::Engine as _;
use trueup_value::{Type, Value};

pub use matching::FILESET;

use crate::base64_text::ENGINE;
use crate::context::{Context, FileKind};
use crate::function::{Function, FunctionError, Parameter, Shape, argument_error, call_error};
use crate::paths::{clean, expanded};

pub(crate) const PATH: Parameter = Parameter::string("path", "The path.");

/// How a path is shown, which is also how it is opened from the base directory.
fn shown(cx: &Context<'_>, path: &str) -> Result<String, FunctionError> {
    expanded(path, cx).map(|path| clean(&path))
}

/// What the system says, in the words that other tools use for it.
fn said(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "is a directory".to_owned(),
        io::ErrorKind::NotADirectory => "not a directory".to_owned(),
        _ => error.to_string(),
    }
}

fn read(cx: &Context<'_>, path: &str) -> io::Result<Vec<u8>> {
    let located = cx.located(path);
    if matches!(cx.files.kind(&located), Ok(FileKind::Directory)) {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    cx.files.read(&located)
}

/// The contents of a file, for functions that say of a missing one what the configuration's author can do.
///
/// # Errors
/// About argument 0.
pub(crate) fn contents(cx: &Context<'_>, path: &str) -> Result<Vec<u8>, FunctionError> {
    let path = shown(cx, path)?;
    read(cx, &path).map_err(|error| {
        argument_error(
            0,
            match error.kind() {
                io::ErrorKind::NotFound => format!(
                    "no file exists at {path:?}; this function works only with files that are distributed as part of the configuration source code, so if this file will be created by a resource in this configuration you must instead obtain this result from an attribute of that resource"
                ),
                io::ErrorKind::IsADirectory => {
                    format!("failed to read file: read {path}: is a directory")
                }
                _ => format!("failed to open file: open {path}: {}", said(&error)),
            },
        )
    })
}

/// The contents of a file as text.
///
/// # Errors
/// As [`contents`]; and text that is not UTF-8.
pub fn text_of(cx: &Context<'_>, path: &str) -> Result<String, FunctionError> {
    String::from_utf8(contents(cx, path)?).map_err(|_| {
        let path = shown(cx, path).unwrap_or_default();
        call_error(format!(
            "contents of {path:?} are not valid UTF-8; use the filebase64 function to obtain the Base64 encoded contents or the other file functions (e.g. filemd5, filesha256) to obtain file hashing results instead"
        ))
    })
}

/// The contents of a file, for functions that pass on what the system says.
pub(crate) fn contents_plainly(cx: &Context<'_>, path: &str) -> Result<Vec<u8>, FunctionError> {
    let path = shown(cx, path)?;
    read(cx, &path).map_err(|error| {
        let verb = match error.kind() {
            io::ErrorKind::IsADirectory => "read",
            _ => "open",
        };
        call_error(format!("{verb} {path}: {}", said(&error)))
    })
}

/// `file`
pub static FILE: Function = Function::new(
    "file",
    "The contents of a file, which has to be UTF-8.",
    &[PATH],
    Shape::String,
    |call| text_of(call.cx, call.text(0)).map(Value::string),
);

/// `filebase64`
pub static FILEBASE64: Function = Function::new(
    "filebase64",
    "The contents of a file in Base64.",
    &[PATH],
    Shape::String,
    |call| contents(call.cx, call.text(0)).map(|bytes| Value::string(ENGINE.encode(bytes))),
);

/// `fileexists`
pub static FILEEXISTS: Function = Function::new(
    "fileexists",
    "Whether there is a file at a path.",
    &[PATH],
    Shape::Bool,
    |call| {
        let path = shown(call.cx, call.text(0))?;
        match call.cx.files.kind(&call.cx.located(&path)) {
            Ok(FileKind::File) => Ok(Value::bool(true)),
            Ok(FileKind::Directory) => {
                Err(call_error(format!("{path:?} is a directory, not a file")))
            }
            Ok(FileKind::Other) => Err(call_error(format!("{path:?} is not a regular file"))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Value::bool(false)),
            Err(error) => Err(call_error(format!(
                "failed to stat {path:?}: {}",
                said(&error)
            ))),
        }
    },
);

fn string_set(texts: impl IntoIterator<Item = String>) -> Value {
    Value::set(Type::String, texts.into_iter().map(Value::string).collect())
}

fn is_file(cx: &Context<'_>, path: &Path) -> bool {
    matches!(cx.files.kind(path), Ok(FileKind::File))
}
