//! Whether two states say the same.

use crate::{CheckResult, State};

/// Outputs, resources and check results are equal; check results in any order.
pub(crate) fn same(a: &State, b: &State) -> bool {
    a.outputs == b.outputs
        && a.resources == b.resources
        && sorted(a.check_results.as_deref()) == sorted(b.check_results.as_deref())
        && a.extra == b.extra
}

/// The results in one order; none recorded is the same as an empty list.
fn sorted(results: Option<&[CheckResult]>) -> Vec<CheckResult> {
    let mut results = results.unwrap_or_default().to_vec();
    for result in &mut results {
        if let Some(objects) = &mut result.objects {
            objects.sort();
        }
    }
    results.sort_by(|a, b| (a.kind, &a.config_addr).cmp(&(b.kind, &b.config_addr)));
    results
}
