//! `import`: an existing object is taken into the state.

use std::sync::Arc;

use trueup_addrs::{Mode, located};
use trueup_backend::Operation;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};

use super::{Place, planning, used_wrongly};
use crate::observer::Shown;
use crate::report::Report;
use crate::{args, output, requests, setup};

/// Runs the command.
pub async fn run(at: Place, flags: args::Import) -> u8 {
    let [address, id] = flags.what.as_slice() else {
        return used_wrongly("import", "The import command expects two arguments.");
    };
    let report = Report::new(&args::Look {
        no_color: flags.no_color,
        json: false,
        compact_warnings: false,
    });
    let mut sources = Sources::new();
    let source = sources.add("<import-address>", address.as_str());
    let (traversal, found) = trueup_parser::parse_traversal(source, address, 0);
    if report.failed(&found, &Arc::new(sources.clone())) {
        return 1;
    }
    let addr = match traversal.as_ref().map(located::instance) {
        Some(Ok(addr)) => addr,
        Some(Err(diagnostic)) => {
            let mut diagnostics = Diagnostics::default();
            diagnostics.push(*diagnostic);
            report.diagnostics(&diagnostics, &sources);
            return 1;
        }
        None => return 1,
    };
    if addr.resource.resource.mode != Mode::Managed {
        report.diagnostic(Diagnostic::error(
            "A managed resource address is required. Importing into a data resource is not allowed.",
            "",
        ));
        return 1;
    }
    let dir = flags.config.clone().or_else(|| at.chdir.clone());
    let setup = match setup::begin(dir.as_deref(), at.local, &report) {
        Ok(setup) => setup,
        Err(code) => return code,
    };
    let mut warnings = Diagnostics::default();
    let read = planning::read(&setup.world, &flags.variables, true, &report, &mut warnings);
    let Some((project, values)) = read else {
        return 1;
    };
    report.diagnostics(&warnings, &project.sources);
    let module = &addr.resource.module;
    let declared = match project.config.module_of(module) {
        None => {
            report.diagnostic(Diagnostic::error(
                "Import to non-existent module",
                format!("{module} is not defined in the configuration. Please add configuration for this module before importing into it."),
            ));
            return 1;
        }
        Some(node) => node.module.resources.contains_key(&addr.resource.resource),
    };
    if !declared {
        let within = match module.is_root() {
            true => "the root module".to_owned(),
            false => module.to_string(),
        };
        let resource = &addr.resource.resource;
        report.diagnostic(Diagnostic::error(
            format!("resource address {:?} does not exist in the configuration.", addr.to_string()),
            format!("Before importing this resource, please create its configuration in {within}. For example:\n\nresource {:?} {:?} {{\n  # (resource arguments)\n}}", &*resource.kind, &*resource.name),
        ));
        return 1;
    }
    let sources = project.sources.clone();
    let observer = Arc::new(Shown::new(report.clone()));
    let begun = planning::begin(
        &setup,
        project,
        values,
        planning::run_options(&setup, Operation::Other, &flags.lock, flags.parallelism),
        observer,
        flags.files.clone(),
        &report,
    );
    let Some(mut run) = begun.await else { return 1 };
    let diagnostics = run.import(addr, id.clone()).await;
    let mut failed = report.failed(&diagnostics, &sources);
    if !failed {
        output::line(
            "\nImport successful!\n\nThe resources that were imported are shown above. These resources are now in\nyour trueup state and will henceforth be managed by trueup.\n",
        );
    }
    failed |= planning::end(run, &report).await;
    requests::leave(&setup.counts);
    u8::from(failed)
}
