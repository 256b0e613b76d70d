//! `state list`: the addresses of the state.

use trueup_addrs::{AbsInstance, parse};
use trueup_diagnostics::Diagnostic;

use super::{Place, show};
use crate::report::Report;
use crate::{args, output, setup};

/// Runs the command.
pub async fn run(at: Place, flags: args::StateList) -> u8 {
    let report = Report::new(&args::Look {
        no_color: flags.no_color,
        json: false,
        compact_warnings: false,
    });
    let setup = match setup::begin(at.chdir.as_deref(), at.local) {
        Ok(setup) => setup,
        Err(diagnostic) => {
            report.diagnostic(*diagnostic);
            return 1;
        }
    };
    let state = match show::read_state(&setup).await {
        Ok(state) => state,
        Err(diagnostics) => {
            report.diagnostics(&diagnostics, &Default::default());
            return 1;
        }
    };
    if state.lineage.is_empty() && state.is_empty() {
        report.diagnostic(Diagnostic::error(
            "No state file was found!",
            "There is no state here yet. Run this command in a folder where trueup has been applied.",
        ));
        return 1;
    }
    let mut targets = Vec::new();
    for text in &flags.addresses {
        match parse::target(text) {
            Ok(target) => targets.push(target),
            Err(error) => {
                report.diagnostic(Diagnostic::error(
                    "Error parsing instance address",
                    error.to_string(),
                ));
                return 1;
            }
        }
    }
    let mut found: Vec<AbsInstance> = Vec::new();
    for (addr, instance) in state.instances() {
        let wanted = targets.is_empty() || targets.iter().any(|target| target.covers(&addr));
        let id = flags.id.as_deref().is_none_or(|id| {
            instance
                .current
                .as_ref()
                .and_then(|object| {
                    object
                        .decode_unmarked(&trueup_value::Type::object([(
                            "id",
                            trueup_value::Type::String,
                        )]))
                        .ok()
                })
                .is_some_and(|value| value.member("id").and_then(|id| id.as_str()) == Some(id))
        });
        if wanted && id {
            found.push(addr);
        }
    }
    found.sort_by(|left, right| {
        let depth = |addr: &AbsInstance| addr.resource.module.steps().len();
        depth(left).cmp(&depth(right)).then_with(|| left.cmp(right))
    });
    let text: String = found.iter().map(|addr| format!("{addr}\n")).collect();
    output::text(&text);
    0
}
