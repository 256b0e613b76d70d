//! `import`: an existing object is taken into the state.

use std::sync::Arc;

use trueup_addrs::{AbsInstance, Mode, located};
use trueup_backend::Operation;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_operations::{Project, World};

use super::{Place, planning, used_wrongly};
use crate::exit::{Ended, Exit, Told};
use crate::observer::Shown;
use crate::report::Report;
use crate::{args, output, requests, setup};

/// Runs the command.
pub async fn run(at: Place, flags: args::Import) -> Ended {
    let [address, id] = flags.what.as_slice() else {
        return Err(used_wrongly(
            "import",
            "The import command expects two arguments.",
        ));
    };
    let report = Report::plain(flags.no_color);
    let addr = instance(address, &report)?;
    let setup = setup::begin(&at, &report)?;
    // The configuration alone lies elsewhere then: its state is kept here.
    let world = match &flags.config {
        None => setup.world.clone(),
        Some(folder) => World {
            dir: setup.world.dir.join(folder),
            ..setup.world.clone()
        },
    };
    if !world.dir.is_dir() {
        let why = format!("{} is not a folder.", world.dir.display());
        let refused = Diagnostic::error("Error handling -config option", why);
        return Err(report.refuse(refused));
    }
    let mut warnings = Diagnostics::default();
    let read = planning::read(&world, &flags.variables, true, &report, &mut warnings)?;
    let sources = read.0.sources.clone();
    report.diagnostics(&warnings, &sources);
    has_block(&read.0, &addr).map_err(|diagnostic| report.refuse(*diagnostic))?;
    let begun = planning::begin(
        &setup,
        read,
        planning::options_of_run(&setup, Operation::Other, &flags.lock, flags.parallelism),
        Arc::new(Shown::new(report.clone())),
        &flags.files,
        &report,
    );
    let mut run = begun.await?;
    let diagnostics = run.import(addr, id.clone()).await;
    let mut failed = report.failed(&diagnostics, &sources);
    if !failed {
        output::line(
            "\nImport successful!\n\nThe resources that were imported are shown above. These resources are now in\nyour trueup state and will henceforth be managed by trueup.\n",
        );
    }
    failed |= planning::end(run, &report).await;
    requests::leave(&setup.counts);
    Ok(Exit::unless(failed))
}

/// The instance that takes the object in.
fn instance(address: &str, report: &Report) -> Result<AbsInstance, Told> {
    let mut sources = Sources::new();
    let source = sources.add("<import-address>", address);
    let (traversal, found) = trueup_parser::parse_traversal(source, address, 0);
    report.pass(&found, &sources)?;
    let addr = traversal.as_ref().ok_or(Told).map(located::instance)?;
    let addr = addr.map_err(|diagnostic| report.refuse_all(&(*diagnostic).into(), &sources))?;
    if addr.resource.resource.mode != Mode::Managed {
        return Err(report.refuse(Diagnostic::error(
            "A managed resource address is required. Importing into a data resource is not allowed.",
            "",
        )));
    }
    Ok(addr)
}

/// Whether the configuration has the block that an object is imported for.
fn has_block(project: &Project, addr: &AbsInstance) -> Result<(), Box<Diagnostic>> {
    let module = &addr.resource.module;
    let resource = &addr.resource.resource;
    let Some(node) = project.config.module_of(module) else {
        return Err(Box::new(Diagnostic::error(
            "Import to non-existent module",
            format!(
                "{module} is not defined in the configuration. Please add configuration for this module before importing into it."
            ),
        )));
    };
    if node.module.resources.contains_key(resource) {
        return Ok(());
    }
    let within = match module.is_root() {
        true => "the root module".to_owned(),
        false => module.to_string(),
    };
    Err(Box::new(Diagnostic::error(
        format!(
            "resource address {:?} does not exist in the configuration.",
            addr.to_string()
        ),
        format!(
            "Before importing this resource, please create its configuration in {within}. For example:\n\nresource {:?} {:?} {{\n  # (resource arguments)\n}}",
            &*resource.kind, &*resource.name
        ),
    )))
}
