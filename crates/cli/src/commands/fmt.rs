//! `fmt`: files in their canonical form.

use std::io::Read;

use similar::TextDiff;
use trueup_diagnostics::Diagnostic;
use trueup_operations::formatting::{FormatOptions, Formatted, format_paths, format_text};

use super::Place;
use crate::exit::{Ended, Exit};
use crate::report::Report;
use crate::{args, output};

/// Runs the command.
pub fn run(at: Place, flags: args::Fmt) -> Ended {
    let report = Report::plain(flags.no_color);
    let stdin = flags.targets.first().is_some_and(|first| first == "-");
    let list = flags.list && !stdin;
    let write = flags.write && !stdin && !flags.check;
    let formatting = if stdin {
        let mut bytes = Vec::new();
        if let Err(error) = std::io::stdin().read_to_end(&mut bytes) {
            report.diagnostic(Diagnostic::error(
                "Failed to read <stdin>",
                error.to_string(),
            ));
            return Ok(Exit::Unreadable);
        }
        format_text("<stdin>", &bytes)
    } else {
        let here = [".".to_string()];
        let paths = if flags.targets.is_empty() {
            &here[..]
        } else {
            &flags.targets[..]
        };
        let options = FormatOptions {
            root: at.dir(),
            recursive: flags.recursive,
            write,
        };
        format_paths(paths, options)
    };
    let failed = formatting.diagnostics.has_errors();
    // With -check the names are the answer, and where there are errors there is none.
    let quiet = flags.check && (failed || !flags.list || stdin);
    if !quiet {
        for file in &formatting.files {
            if file.changed() && list {
                output::line(&file.name);
            }
            if file.changed() && flags.diff {
                output::text(&diff(file));
            }
            if !flags.check && !list && !write && !flags.diff {
                output::line(file.after.strip_suffix('\n').unwrap_or(&file.after));
            }
        }
    }
    report.diagnostics(&formatting.diagnostics, &formatting.sources);
    if failed {
        return Ok(Exit::Unreadable);
    }
    if flags.check && formatting.files.iter().any(Formatted::changed) {
        return Ok(Exit::NotFormatted);
    }
    Ok(Exit::Done)
}

fn diff(file: &Formatted) -> String {
    let name = &file.name;
    TextDiff::from_lines(&file.before, &file.after)
        .unified_diff()
        .header(&format!("old/{name}"), &format!("new/{name}"))
        .to_string()
}
