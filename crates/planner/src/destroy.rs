//! Plans that take everything away: what becomes of outputs.

use trueup_plan::Plan;

use crate::outputs::removal;

/// Every output of the state goes with what it was made from, unless only a part is destroyed.
pub(crate) fn outputs(plan: &mut Plan) {
    if plan.is_narrowed() {
        return;
    }
    plan.outputs = plan
        .prior_state
        .outputs
        .iter()
        .map(|(name, stored)| (name.clone(), removal(stored)))
        .collect();
}
