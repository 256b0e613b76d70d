//! `drift ignore`: a rule is added to `drift.hcl`, which is kept beside the configuration.

use trueup_diagnostics::{Diagnostic, Sources};
use trueup_operations::drift::{RULES_FILE, added};

use crate::args::DriftIgnore;
use crate::commands::{Place, used_wrongly};
use crate::exit::{Ended, Exit};
use crate::output;
use crate::report::Report;

/// Runs the command.
pub fn run(at: &Place, flags: &DriftIgnore) -> Ended {
    let report = Report::plain(flags.no_color);
    let [what] = flags.what.as_slice() else {
        return Err(used_wrongly(
            "drift ignore",
            "The drift ignore command expects one argument: what may differ.",
        ));
    };
    let path = at.dir().join(RULES_FILE);
    let failed = |why: std::io::Error| {
        report.refuse(Diagnostic::error(
            "Failed to write file",
            format!("{}: {why}.", path.display()),
        ))
    };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(failed(error)),
    };
    let changed = added(&text, what, &flags.reason, flags.until.as_deref()).map_err(|found| {
        // What points somewhere points into the file.
        let mut sources = Sources::new();
        sources.add(RULES_FILE, text.as_str());
        report.refuse_all(&found, &sources)
    })?;
    std::fs::write(&path, changed).map_err(failed)?;
    let until = flags
        .until
        .as_ref()
        .map(|until| format!(" until {until}"))
        .unwrap_or_default();
    output::line(&format!(
        "Drift of {what} is ignored{until}: the rule stands in {}.",
        path.display()
    ));
    Ok(Exit::Done)
}
