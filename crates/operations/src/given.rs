//! How values of variables are given: `-var` and `-var-file` options, and the files that are read without being named.

use std::path::Path;

use trueup_config::{VariablesFile, read_variables_file, variables_file_names};
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_evaluator::variables;
use trueup_value::Value;

/// One option of the command line that gives values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Given {
    /// `-var NAME=VALUE`, unsplit.
    Assignment(String),
    /// `-var-file FILE`.
    File(String),
}

/// Name and text of a `-var` option.
///
/// # Errors
/// There is no equals sign.
pub(crate) fn assignment(text: &str) -> Result<(&str, &str), Diagnostic> {
    text.split_once('=').ok_or_else(|| {
        Diagnostic::error(
            "Invalid -var option",
            format!("The given -var option {text:?} is not correctly specified. Must be a variable name and value separated by an equals sign, like -var=\"key=value\"."),
        )
    })
}

/// The value of a text that was given for a variable.
pub(crate) fn read_text(
    name: &str,
    text: &str,
    is_expression: bool,
    sources: &mut Sources,
) -> (Value, Diagnostics) {
    let label = format!("<value for var.{name}>");
    variables::from_text(text, &label, is_expression, sources)
}

/// How a `-var` option of a variable is spoken of.
pub(crate) fn by_assignment(name: &str) -> String {
    format!("set using -var=\"{name}=...\"")
}

/// How the value that the environment has for a variable is spoken of.
pub(crate) fn by_environment(name: &str) -> String {
    format!("set using the TF_VAR_{name} environment variable")
}

/// The variables files of a folder that are read without being named, in the order in which later ones win.
pub(crate) fn files_of(dir: &Path) -> Vec<String> {
    let mut names = Vec::new();
    if let Ok(entries) = std::fs::read_dir(dir) {
        let entries = entries.flatten();
        names.extend(entries.map(|entry| entry.file_name().to_string_lossy().into_owned()));
    }
    variables_file_names(&names)
}

/// Reads a variables file; `name` is what it is called in messages.
pub(crate) fn read_file(
    path: &Path,
    name: &str,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> VariablesFile {
    match std::fs::read(path) {
        Ok(bytes) => {
            let (file, found) = read_variables_file(name, &bytes, sources);
            diagnostics.extend(found);
            file
        }
        Err(error) => {
            diagnostics.push(Diagnostic::error(
                "Failed to read variables file",
                match error.kind() {
                    std::io::ErrorKind::NotFound => {
                        format!("Given variables file {name} does not exist.")
                    }
                    _ => format!("Error while reading {name}: {error}."),
                },
            ));
            VariablesFile::default()
        }
    }
}
