//! How many requests a run sent, left in a file where `TRUEUP_REQUESTS` names one.

use std::collections::BTreeMap;

use trueup_aws::RequestCounts;

/// Writes the counts by service and operation: `{"dynamodb": {"BatchGetItem": 100}}`.
pub fn leave(counts: &RequestCounts) {
    leave_all([counts]);
}

/// As [`leave`], of several counts together.
pub fn leave_all<'a>(counts: impl IntoIterator<Item = &'a RequestCounts>) {
    let mut all: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for (service, operations) in counts.into_iter().flat_map(RequestCounts::snapshot) {
        let own = all.entry(service).or_default();
        for (operation, count) in operations {
            *own.entry(operation).or_default() += count;
        }
    }
    let Some(path) = std::env::var_os("TRUEUP_REQUESTS") else {
        return;
    };
    let mut text = serde_json::to_string_pretty(&all).unwrap_or_default();
    text.push('\n');
    if let Err(error) = std::fs::write(&path, text) {
        crate::output::error_line(&format!(
            "Warning: the request counts could not be written to {}: {error}",
            path.to_string_lossy()
        ));
    }
}
