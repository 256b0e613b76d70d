//! `graph`: what depends on what, in the DOT language, in Mermaid's, or as SVG.

use std::collections::BTreeMap;

use trueup_diagnostics::Diagnostic;
use trueup_operations::Project;
use trueup_operations::drawing::{self, Steps};
use trueup_state::State;

use super::by_hand::{self, Opened};
use super::{Place, without_arguments};
use crate::args::{self, StateFiles};
use crate::exit::{Ended, Exit, Told};
use crate::output;
use crate::sealed_files;
use crate::views::dot;
use crate::views::picture::{Picture, mermaid, svg};

/// Runs the command.
pub async fn run(at: Place, flags: args::Graph) -> Ended {
    without_arguments(&flags.extra)?;
    let opened = by_hand::open(&at, flags.no_color, &StateFiles::default()).await?;
    let steps = match flags.kind.as_deref() {
        None | Some("plan" | "plan-refresh-only" | "apply") => Steps::Configuration,
        Some("plan-destroy") => Steps::Destruction,
        Some(_) => {
            return Err(opened.refuse(Diagnostic::error(
                "Unsupported graph type",
                "The -type=... argument must be either \"plan\", \"plan-refresh-only\", \"plan-destroy\", or \"apply\".",
            )));
        }
    };
    let (project, state) = match &flags.plan {
        Some(path) => of_plan(&opened, path).await?,
        None => {
            let (project, found) = Project::read(&opened.setup.world, false);
            opened.report.pass(&found, &project.sources)?;
            let state = opened.read().await?;
            (project, state.unwrap_or_else(|| State::new("")))
        }
    };
    let format = flags.format.as_str();
    let drawn = if flags.kind.is_none() && flags.plan.is_none() {
        drawing::resources(&project.config, &state).map(|graph| match format {
            "mermaid" => mermaid::flow_chart(&Picture::of_resources(&graph, &BTreeMap::new())),
            "svg" => svg::file(&Picture::of_resources(&graph, &BTreeMap::new())),
            _ => dot::resources(&graph),
        })
    } else {
        let drawn = drawing::steps(&project.config, &state, steps, flags.draw_cycles);
        drawn.map(|drawing| match format {
            "mermaid" => mermaid::flow_chart(&Picture::of_steps(&drawing)),
            "svg" => svg::file(&Picture::of_steps(&drawing)),
            _ => dot::steps(&drawing),
        })
    };
    output::text(&drawn.map_err(|found| opened.refuse_all(&found))?);
    Ok(Exit::Done)
}

/// What a saved plan was made from.
async fn of_plan(opened: &Opened, path: &str) -> Result<(Project, State), Told> {
    let world = &opened.setup.world;
    if !world.dir.join(path).exists() {
        output::error_line(&format!("stat {path}: no such file or directory"));
        return Err(Told);
    }
    let plan = sealed_files::read_plan(world, path).await;
    let plan = plan.map_err(|diagnostic| opened.refuse(*diagnostic))?;
    let (project, found) = Project::of_snapshot(plan.config.files);
    opened.report.pass(&found, &project.sources)?;
    Ok((project, plan.prior_state))
}
