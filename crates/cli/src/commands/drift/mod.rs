//! `drift`: whether anything was changed outside. 0 no, 2 yes, 1 error.

mod accept;
mod check;
mod ignore;
mod revert;

use trueup_diagnostics::{Diagnostic, Sources};
use trueup_operations::drift::Subject;

use super::Place;
use crate::args::{self, DriftCommand};
use crate::exit::{Ended, Exit, Told};
use crate::report::{Report, now};
use crate::views::Style;
use crate::views::drift::{Checked, Format, Look, render};
use crate::{output, requests, signals};

/// Runs the command, or the one below it.
pub async fn run(at: Place, flags: args::Drift) -> Ended {
    match &flags.command {
        None => several(&at, &flags).await,
        Some(DriftCommand::Ignore(flags)) => ignore::run(&at, flags),
        Some(DriftCommand::Accept(flags)) => accept::run(&at, flags).await,
        Some(DriftCommand::Revert(flags)) => revert::run(&at, flags).await,
    }
}

/// What addresses name; errors are told.
fn subjects(texts: &[String], report: &Report) -> Result<Vec<Subject>, Told> {
    let read = texts.iter().map(|text| {
        let mut sources = Sources::new();
        let source = sources.add("<address>", text.as_str());
        Subject::read(source, text, 0).map_err(|found| report.refuse_all(&found, &sources))
    });
    read.collect()
}

/// Checks every folder, and tells of all of them together.
async fn several(at: &Place, flags: &args::Drift) -> Ended {
    let plain = Report::new(&args::Look {
        no_color: flags.looking.no_color,
        json: false,
        compact_warnings: flags.compact_warnings,
    });
    let (format, outs) = formats(flags).map_err(|diagnostic| plain.refuse(*diagnostic))?;
    let root = at.chdir.clone().unwrap_or_else(|| ".".to_owned());
    let folders: Vec<String> = match flags.folders.as_slice() {
        [] => vec![root],
        named => named
            .iter()
            .map(|folder| match (&at.chdir, folder.starts_with('/')) {
                (Some(root), false) => format!("{}/{folder}", root.trim_end_matches('/')),
                _ => folder.clone(),
            })
            .collect(),
    };
    if flags.generate_config_out.is_some() && (!flags.unmanaged || folders.len() > 1) {
        return Err(plain.refuse(Diagnostic::error(
            "Incompatible options",
            "-generate-config-out writes blocks for the tables that -unmanaged finds, seen from one folder.",
        )));
    }
    let wide = check::Wide {
        survey: flags.unmanaged,
        generate: flags.generate_config_out.clone(),
    };
    let cancel = signals::listen();
    let mut checks = Vec::new();
    let mut counts = Vec::new();
    for folder in &folders {
        // People see what is read while it is read, unless several folders would be mixed up.
        let shown = format == Format::Text && folders.len() == 1;
        let report = plain.clone().keeping();
        let place = Place {
            chdir: Some(folder.clone()),
            ..at.clone()
        };
        let (found, sent) = check::check(
            &place,
            &flags.looking,
            &report,
            shown,
            &wide,
            cancel.clone(),
        )
        .await;
        counts.extend(sent);
        checks.push(Checked {
            folder: folder.clone(),
            diagnostics: report.take_told(),
            ..found
        });
    }
    requests::leave_all(&counts);
    let look = Look {
        style: plain.style,
        max_bytes: flags.max_bytes,
        at: now(),
    };
    output::text(&render(format, &checks, &look));
    let mut failed = checks.iter().any(Checked::failed);
    let in_files = Look {
        style: Style {
            color: false,
            ..look.style
        },
        ..look
    };
    for (format, file) in outs {
        let text = render(format, &checks, &in_files);
        if let Err(error) = std::fs::write(&file, text) {
            plain.diagnostic(Diagnostic::error(
                "Failed to write report",
                format!("The report could not be written to {file}: {error}."),
            ));
            failed = true;
        }
    }
    let drifted = checks
        .iter()
        .filter_map(|check| check.report.as_ref())
        .any(|report| !report.objects.is_empty());
    Ok(match (failed, drifted) {
        (true, _) => Exit::Failed,
        (false, true) => Exit::Differs,
        (false, false) => Exit::Done,
    })
}

/// The form of standard output, and those of files.
type Formats = (Format, Vec<(Format, String)>);

fn formats(flags: &args::Drift) -> Result<Formats, Box<Diagnostic>> {
    let named = |name: &str| {
        Format::named(name).ok_or_else(|| {
            let meant = trueup_diagnostics::did_you_mean(name, Format::NAMES)
                .map(|meant| format!(" Did you mean {meant:?}?"))
                .unwrap_or_default();
            Box::new(Diagnostic::error(
                format!("Unknown format {name:?}"),
                format!("There are {}.{meant}", Format::NAMES.join(", ")),
            ))
        })
    };
    let format = match (flags.json, flags.format.as_str()) {
        (true, "text" | "json") => Format::Json,
        (true, other) => {
            return Err(Box::new(Diagnostic::error(
                "Incompatible options",
                format!(
                    "-json means -format=json, and -format={other} is given too. One of them may go to a file: -out=json=FILE."
                ),
            )));
        }
        (false, name) => named(name)?,
    };
    let mut outs = Vec::new();
    for out in &flags.out {
        let Some((name, file)) = out.split_once('=').filter(|(_, file)| !file.is_empty()) else {
            return Err(Box::new(Diagnostic::error(
                format!("Invalid -out option {out:?}"),
                "It says the form and the file: -out=sarif=drift.sarif.",
            )));
        };
        outs.push((named(name)?, file.to_owned()));
    }
    Ok((format, outs))
}
