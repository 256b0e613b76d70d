//! `graph`: what depends on what, in the DOT language, in Mermaid's, or as SVG.

use std::collections::BTreeMap;

use trueup_diagnostics::{Diagnostic, Sources};
use trueup_operations::Project;
use trueup_operations::drawing::{self, Steps};
use trueup_plan::Plan;
use trueup_state::State;

use super::{Place, by_hand};
use crate::args::{self, StateFiles};
use crate::output;
use crate::sealed_files;
use crate::views::dot;
use crate::views::picture::{Picture, mermaid, svg};

/// Runs the command.
pub async fn run(at: Place, flags: args::Graph) -> u8 {
    if !flags.extra.is_empty() {
        output::error_line("Too many command line arguments. Did you mean to use -chdir?");
        return 1;
    }
    let opened = match by_hand::open(&at, flags.no_color, &StateFiles::default()).await {
        Ok(opened) => opened,
        Err(code) => return code,
    };
    let destruction = match flags.kind.as_deref() {
        None | Some("plan" | "plan-refresh-only" | "apply") => false,
        Some("plan-destroy") => true,
        Some(_) => {
            return opened.refuse(Diagnostic::error(
                "Unsupported graph type",
                "The -type=... argument must be either \"plan\", \"plan-refresh-only\", \"plan-destroy\", or \"apply\".",
            ));
        }
    };
    let (project, state) = match &flags.plan {
        Some(path) => {
            let Ok(bytes) = std::fs::read(opened.setup.world.dir.join(path)) else {
                output::error_line(&format!("stat {path}: no such file or directory"));
                return 1;
            };
            let bytes = match sealed_files::opened(&opened.setup.world, bytes).await {
                Ok(bytes) => bytes,
                Err(why) => {
                    return opened.refuse(Diagnostic::error(
                        format!("Failed to load {path:?} as a plan file"),
                        format!("{path}: {why}."),
                    ));
                }
            };
            let plan = match Plan::from_bytes(&bytes) {
                Ok(plan) => plan,
                Err(error) => {
                    return opened.refuse(Diagnostic::error(
                        format!("Failed to load {path:?} as a plan file"),
                        format!("{path}: {error}."),
                    ));
                }
            };
            let (project, found) = Project::of_snapshot(plan.config.files.clone());
            if opened.report.failed(&found, &project.sources) {
                return 1;
            }
            (project, plan.prior_state)
        }
        None => {
            let (project, found) = Project::read(&opened.setup.world, false);
            if opened.report.failed(&found, &project.sources) {
                return 1;
            }
            match opened.read().await {
                Ok(state) => (project, state.unwrap_or_else(|| State::new(""))),
                Err(code) => return code,
            }
        }
    };
    let drawn = if flags.kind.is_none() && flags.plan.is_none() {
        drawing::resources(&project.config, &state).map(|graph| match flags.format.as_str() {
            "mermaid" => mermaid::flow_chart(&Picture::of_resources(&graph, &BTreeMap::new())),
            "svg" => svg::file(&Picture::of_resources(&graph, &BTreeMap::new())),
            _ => dot::resources(&graph),
        })
    } else {
        let steps = match destruction {
            true => Steps::Destruction,
            false => Steps::Configuration,
        };
        drawing::steps(&project.config, &state, steps, flags.draw_cycles).map(|drawing| match flags
            .format
            .as_str()
        {
            "mermaid" => mermaid::flow_chart(&Picture::of_steps(&drawing)),
            "svg" => svg::file(&Picture::of_steps(&drawing)),
            _ => dot::steps(&drawing),
        })
    };
    match drawn {
        Ok(text) => {
            output::text(&text);
            0
        }
        Err(diagnostics) => {
            opened.report.diagnostics(&diagnostics, &Sources::default());
            1
        }
    }
}
