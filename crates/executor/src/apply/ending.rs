//! The end of a run: outputs and conditions into the state, the state written, the journal cleared.

use std::sync::PoisonError;

use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_evaluator::Evaluator;
use trueup_plan::Mode;
use trueup_state::State;

use super::{Applied, Run};
use crate::{conditions, husks, outputs};

impl Run<'_> {
    /// The last writes of a run: outputs, state, and the journal's end.
    pub(super) async fn finish(mut self) -> (Applied, State, Evaluator, Diagnostics) {
        let mut state = self
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let failed = self.diagnostics.has_errors();
        state.check_results = conditions::results(&self.evaluator, self.request.plan);
        outputs::settle(
            &self.evaluator,
            self.request.plan,
            failed,
            &mut state,
            &mut self.diagnostics,
        );
        // A run that was asked to stop writes its state once, as soon as what was under way has ended.
        let stopped = self.request.cancel.is_cancelled();
        if self.request.plan.mode == Mode::Normal && self.diagnostics.has_errors() && !stopped {
            husks::leave(&mut state, &self.reached, &self.evaluator, &self.index);
        } else if !self.diagnostics.has_errors() {
            husks::prune(&mut state);
        }
        match self.request.session.checkpoint(&state).await {
            Ok(_) if self.lost_answers => {}
            Ok(_) => {
                if let Err(error) = self.request.session.journal().clear_run().await {
                    self.diagnostics.push(Diagnostic::warning(
                        "The journal could not be cleared",
                        format!("{error}. The state is saved; the next run looks at the journal again and finds nothing to do."),
                    ));
                }
            }
            Err(error) => {
                self.diagnostics.push(
                    Diagnostic::error(
                        "Failed to save state",
                        format!("{error}"),
                    )
                    .hint("The journal of this run was kept: once the state can be written again, the next run takes up from it what was done."),
                );
            }
        }
        if self.request.plan.is_narrowed() {
            let option = match self.request.plan.targets.is_empty() {
                true => "-exclude",
                false => "-target",
            };
            self.diagnostics.push(Diagnostic::warning(
                "Applied changes may be incomplete",
                format!("The plan was created with the {option} option in effect, so some changes requested in the configuration may have been ignored and the output values may not be fully updated. Run the following command to verify that no other changes are pending:\n    trueup plan\n\nNote that the {option} option is not suitable for routine use, and is provided only for exceptional situations such as recovering from errors or mistakes, or when trueup specifically suggests to use it as part of an error message."),
            ));
        }
        (self.applied, state, self.evaluator, self.diagnostics)
    }
}
