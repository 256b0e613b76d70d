//! What `validate -json` prints.

use trueup_diagnostics::{Diagnostics, Sources};
use trueup_plan::json::{Fields, Json};

use super::diagnostic::diagnostic;

/// The whole document, indented, without a last line feed.
pub fn validate(diagnostics: &Diagnostics, sources: &Sources) -> String {
    let errors = diagnostics.errors().count() as u64;
    let all = diagnostics.len() as u64;
    let list = diagnostics.iter().map(|one| diagnostic(one, sources));
    Fields::new()
        .text("format_version", "1.0")
        .with("valid", Json::Bool(errors == 0))
        .with("error_count", Json::number(errors))
        .with("warning_count", Json::number(all - errors))
        .with("diagnostics", Json::array(list))
        .json()
        .to_pretty()
}
