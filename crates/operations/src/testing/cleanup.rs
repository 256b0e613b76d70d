//! What a file made is taken down: each of its states, the last changed first.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use trueup_backend::DEFAULT_WORKSPACE;
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_plan::Mode;
use trueup_state::State;

use super::file::{FileRun, Kept, LastRun};
use super::run::telling;
use super::{Left, Phase};
use crate::PlanOptions;

impl FileRun<'_> {
    /// Destroys what there is. Answers whether nothing went wrong and nothing is left.
    pub(super) async fn clean_up(&mut self) -> bool {
        let mut kept: Vec<Kept> = std::mem::take(&mut self.states).into_values().collect();
        kept.sort_by_key(|kept| std::cmp::Reverse(kept.last.as_ref().map(|last| last.index)));
        let mut clean = true;
        for Kept { backend, last } in kept {
            let Some(last) = last.filter(|_| !left_in(&backend).objects.is_empty()) else {
                continue;
            };
            let run = self.file.runs[last.index].name.clone();
            let (file, observer) = (self.file.name.clone(), self.request.observer);
            observer.run_tearing_down(&file, &run);
            let sources = last.project.sources.clone();
            let told = |elapsed| observer.run_goes_on(&file, &run, Phase::Teardown, elapsed);
            let work = destroy(last, &backend, self.request.parallelism);
            let destroyed = telling(work, told).await;
            let left = left_in(&backend);
            clean &= !destroyed.has_errors() && left.objects.is_empty();
            observer.taken_down(&file, &run, &destroyed, &sources, &left);
        }
        clean
    }
}

async fn destroy(
    last: LastRun,
    backend: &Arc<trueup_backend::MemoryBackend>,
    parallelism: usize,
) -> Diagnostics {
    // An interrupt ends the runs; what they made is taken down all the same.
    let cancel = CancellationToken::new();
    let begun = FileRun::begin(
        &last.world,
        backend,
        last.project,
        last.variables,
        parallelism,
        cancel,
    );
    let mut session = match begun.await {
        Ok(session) => session,
        Err(found) => return found,
    };
    let options = PlanOptions {
        mode: Mode::Destroy,
        ..PlanOptions::normal()
    };
    let (plan, mut diagnostics) = session.plan(options).await;
    if !diagnostics.has_errors() {
        let (_, _, found) = session.apply(&plan).await;
        diagnostics.extend(found);
    }
    diagnostics.extend(session.end().await);
    diagnostics
}

/// The objects that a state still holds, in the order of their addresses.
fn left_in(backend: &trueup_backend::MemoryBackend) -> Left {
    let Some(text) = backend.text(DEFAULT_WORKSPACE) else {
        return Left::default();
    };
    let state = match State::read(&text) {
        Ok(state) => state,
        Err(error) => {
            let unreadable = Diagnostic::error("Unreadable state", error.to_string());
            return Left {
                objects: vec![(unreadable.detail, None)],
            };
        }
    };
    let mut objects = Vec::new();
    for (addr, instance) in state.instances() {
        if addr.resource.resource.mode == trueup_addrs::Mode::Data {
            continue;
        }
        if instance.current.is_some() {
            objects.push((addr.to_string(), None));
        }
        for key in instance.deposed.keys() {
            objects.push((addr.to_string(), Some(key.as_str().to_owned())));
        }
    }
    Left { objects }
}
