//! What `state history -json` prints.

use serde_json::json;
use trueup_backend::{History, Kept};

use crate::views::human::history::time;

/// The versions of a workspace's state, on one line.
pub fn history(workspace: &str, history: &History) -> String {
    let versions: Vec<serde_json::Value> = history
        .versions
        .iter()
        .map(|version| {
            let mut one = json!({
                "version_id": version.id,
                "current": version.current,
                "size": version.size,
                "time": version.written.map(|_| time(version)),
                "who": version.who,
            });
            match &version.content {
                Kept::State {
                    serial,
                    lineage,
                    terraform_version,
                } => {
                    one["serial"] = json!(serial);
                    one["lineage"] = json!(lineage);
                    one["terraform_version"] = json!(terraform_version);
                }
                Kept::Nothing => one["deleted"] = json!(true),
                Kept::Unreadable(why) => one["problem"] = json!(why),
            }
            one
        })
        .collect();
    json!({
        "format_version": "1.0",
        "workspace": workspace,
        "more": history.more,
        "versions": versions,
    })
    .to_string()
}
