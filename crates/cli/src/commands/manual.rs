//! `completions` and `man`: what the program says of itself, for shells and for readers.

use clap::CommandFactory;
use trueup_diagnostics::Diagnostic;

use super::{Place, used_wrongly};
use crate::args::pages::pages;
use crate::args::{self, Cli};
use crate::exit::{Ended, Exit};
use crate::output;
use crate::report::Report;
use crate::views::completions;
use crate::views::manual::roff;

/// Runs `completions`.
pub fn completions(flags: &args::Completions) -> Ended {
    match completions::script(&flags.shell, &pages(&Cli::command())) {
        Some(script) => {
            output::text(&script);
            Ok(Exit::Done)
        }
        None => Err(used_wrongly(
            "completions",
            "There are no completions for this shell.",
        )),
    }
}

/// Runs `man`.
pub fn man(at: &Place, flags: &args::Man) -> Ended {
    let pages = pages(&Cli::command());
    let report = Report::plain(false);
    if let Some(wanted) = &flags.page {
        let wanted: Vec<&str> = wanted.split_whitespace().collect();
        let Some(page) = pages.iter().find(|page| page.path == wanted) else {
            return Err(report.refuse(Diagnostic::error(
                "No such page",
                format!("trueup has no command named {:?}.", wanted.join(" ")),
            )));
        };
        output::text(&roff::text(page, &pages));
        return Ok(Exit::Done);
    }
    let Some(folder) = &flags.folder else {
        return Err(used_wrongly(
            "man",
            "The \"man\" command needs a folder to write to, or the -page flag.\n",
        ));
    };
    let folder = at.dir().join(folder);
    let written = std::fs::create_dir_all(&folder).and_then(|()| {
        pages.iter().try_for_each(|page| {
            std::fs::write(folder.join(roff::file_name(page)), roff::text(page, &pages))
        })
    });
    written.map_err(|error| {
        report.refuse(Diagnostic::error(
            "The manual could not be written",
            format!("{}: {error}.", folder.display()),
        ))
    })?;
    output::line(&format!(
        "{} pages were written to {}.",
        pages.len(),
        folder.display()
    ));
    Ok(Exit::Done)
}
