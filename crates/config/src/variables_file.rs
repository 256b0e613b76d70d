//! Files of variable values: `terraform.tfvars`, `*.auto.tfvars` and those named by `-var-file`.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_parser::{Body, Expr};

use crate::json_shape::ARGUMENTS_FILE;

/// The values that one file gives, unevaluated.
#[derive(Clone, Debug, Default)]
pub struct VariablesFile {
    /// The expression for each name, and where the name is written.
    pub values: BTreeMap<Arc<str>, (Arc<Expr>, Span)>,
}

/// Reads a file that only assigns, of variables or of a backend's settings, in either syntax. Strings of JSON are taken
/// as they are.
pub fn read_arguments_file(name: &str, bytes: &[u8], sources: &mut Sources) -> (Body, Diagnostics) {
    let (_, body, diagnostics) = if name.ends_with(".json") {
        trueup_parser::parse_json_file(sources, name, bytes, &ARGUMENTS_FILE)
    } else {
        trueup_parser::parse_file(sources, name, bytes)
    };
    (body, diagnostics)
}

/// Reads a file of variable values. Blocks are refused: such a file only assigns.
pub fn read_variables_file(
    name: &str,
    bytes: &[u8],
    sources: &mut Sources,
) -> (VariablesFile, Diagnostics) {
    let mut file = VariablesFile::default();
    let (body, mut diagnostics) = read_arguments_file(name, bytes, sources);
    if diagnostics.has_errors() {
        return (file, diagnostics);
    }
    for attribute in &body.attributes {
        file.values.insert(
            attribute.name.clone(),
            (attribute.expr.clone(), attribute.name_span),
        );
    }
    for block in &body.blocks {
        let kind = &block.kind.name;
        let diagnostic = if &**kind == "variable" && block.labels.len() == 1 {
            let label = &block.labels[0].text;
            Diagnostic::error(
                "Variable declaration in .tfvars file",
                format!(
                    "A .tfvars file is used to assign values to variables that have already been declared in .tf files, not to declare new variables. To declare variable {label:?}, place this block in one of your .tf files, such as variables.tf.\n\nTo set a value for this variable in {name}, use the definition syntax instead:\n    {label} = <value>"
                ),
            )
        } else {
            Diagnostic::error(
                format!("Unexpected {kind:?} block"),
                "Blocks are not allowed here.",
            )
        };
        diagnostics.push(diagnostic.at(block.kind.span));
    }
    (file, diagnostics)
}

/// Which of a folder's files are read without being named, in the order in which later ones win.
pub fn variables_file_names(names: &[String]) -> Vec<String> {
    let mut chosen: Vec<String> = ["terraform.tfvars", "terraform.tfvars.json"]
        .into_iter()
        .filter(|known| names.iter().any(|name| name == known))
        .map(str::to_string)
        .collect();
    let mut automatic: Vec<String> = names
        .iter()
        .filter(|name| name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json"))
        .cloned()
        .collect();
    automatic.sort();
    chosen.extend(automatic);
    chosen
}
