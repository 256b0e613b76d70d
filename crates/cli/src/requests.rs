//! How many requests a run sent, left in a file where `TRUEUP_REQUESTS` names one.

use trueup_aws::RequestCounts;

/// Writes the counts by service and operation: `{"dynamodb": {"BatchGetItem": 100}}`.
pub fn leave(counts: &RequestCounts) {
    let Some(path) = std::env::var_os("TRUEUP_REQUESTS") else {
        return;
    };
    let mut text = serde_json::to_string_pretty(&counts.snapshot()).unwrap_or_default();
    text.push('\n');
    if let Err(error) = std::fs::write(&path, text) {
        crate::output::error_line(&format!(
            "Warning: the request counts could not be written to {}: {error}",
            path.to_string_lossy()
        ));
    }
}
