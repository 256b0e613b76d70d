//! `drift ignore`: a rule is added to `drift.hcl`, which is kept beside the configuration.

use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_operations::drift::{RULES_FILE, added};

use crate::args::DriftIgnore;
use crate::commands::{Place, used_wrongly};
use crate::output;
use crate::report::Report;

/// Runs the command.
pub fn run(at: &Place, flags: &DriftIgnore) -> u8 {
    let report = super::plain(flags.no_color);
    let [what] = flags.what.as_slice() else {
        return used_wrongly(
            "drift ignore",
            "The drift ignore command expects one argument: what may differ.",
        );
    };
    let folder = std::path::PathBuf::from(at.chdir.as_deref().unwrap_or("."));
    let path = folder.join(RULES_FILE);
    let failed = |why: std::io::Error| {
        report.diagnostic(Diagnostic::error(
            "Failed to write file",
            format!("{}: {why}.", path.display()),
        ));
        1
    };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return failed(error),
    };
    let changed = match added(&text, what, &flags.reason, flags.until.as_deref()) {
        Ok(changed) => changed,
        Err(found) => {
            tell(&report, &text, &found);
            return 1;
        }
    };
    if let Err(error) = std::fs::write(&path, changed) {
        return failed(error);
    }
    let until = flags
        .until
        .as_ref()
        .map(|until| format!(" until {until}"))
        .unwrap_or_default();
    output::line(&format!(
        "Drift of {what} is ignored{until}: the rule stands in {}.",
        path.display()
    ));
    0
}

/// Tells what is wrong; what points somewhere points into the file.
fn tell(report: &Report, text: &str, found: &Diagnostics) {
    let mut sources = Sources::new();
    sources.add(RULES_FILE, text);
    report.diagnostics(found, &sources);
}
