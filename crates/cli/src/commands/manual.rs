//! `completions` and `man`: what the program says of itself, for shells and for readers.

use std::path::Path;

use clap::CommandFactory;
use trueup_diagnostics::Diagnostic;

use super::{Place, used_wrongly};
use crate::args::pages::pages;
use crate::args::{self, Cli, Look};
use crate::output;
use crate::report::Report;
use crate::views::completions;
use crate::views::manual::roff;

/// Runs `completions`.
pub fn completions(flags: &args::Completions) -> u8 {
    match completions::script(&flags.shell, &pages(&Cli::command())) {
        Some(script) => {
            output::text(&script);
            0
        }
        None => used_wrongly("completions", "There are no completions for this shell."),
    }
}

/// Runs `man`.
pub fn man(at: &Place, flags: &args::Man) -> u8 {
    let pages = pages(&Cli::command());
    let report = Report::new(&Look {
        no_color: false,
        json: false,
        compact_warnings: false,
    });
    if let Some(wanted) = &flags.page {
        let wanted: Vec<&str> = wanted.split_whitespace().collect();
        let Some(page) = pages.iter().find(|page| page.path == wanted) else {
            report.diagnostic(Diagnostic::error(
                "No such page",
                format!("trueup has no command named {:?}.", wanted.join(" ")),
            ));
            return 1;
        };
        output::text(&roff::text(page, &pages));
        return 0;
    }
    let Some(folder) = &flags.folder else {
        return used_wrongly(
            "man",
            "The \"man\" command needs a folder to write to, or the -page flag.\n",
        );
    };
    let folder = Path::new(at.chdir.as_deref().unwrap_or(".")).join(folder);
    let written = std::fs::create_dir_all(&folder).and_then(|()| {
        pages.iter().try_for_each(|page| {
            std::fs::write(folder.join(roff::file_name(page)), roff::text(page, &pages))
        })
    });
    match written {
        Ok(()) => {
            output::line(&format!(
                "{} pages were written to {}.",
                pages.len(),
                folder.display()
            ));
            0
        }
        Err(error) => {
            report.diagnostic(Diagnostic::error(
                "The manual could not be written",
                format!("{}: {error}.", folder.display()),
            ));
            1
        }
    }
}
