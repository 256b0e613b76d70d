//! Markdown for a comment or a job's summary, within a number of bytes: what does not fit is counted.

use trueup_operations::drift::path_text;

use super::findings::{Finding, cut, findings};
use super::{Checked, looked_at, unmanaged};

/// A cell of a table is no longer.
const CELL: usize = 160;

/// Kept for the line that says how much is left out.
const SPARE: usize = 160;

/// The text, of at most `max_bytes` bytes.
pub fn render(checks: &[Checked], max_bytes: usize) -> String {
    let all: usize = checks.iter().map(|check| findings(check).len()).sum();
    let failed = checks.iter().filter(|check| check.failed()).count();
    let looked = looked_at(checks);
    let head = match (all, failed) {
        (0, 0) => "## No drift".to_owned(),
        (0, _) => "## Drift could not be checked".to_owned(),
        (1, _) => "## Drift: 1 finding".to_owned(),
        (all, _) => format!("## Drift: {all} findings"),
    };
    let mut out = format!("{head}\n\n{looked} objects were looked at");
    if checks.len() > 1 {
        out.push_str(&format!(" in {} directories", checks.len()));
    }
    if failed > 0 {
        out.push_str(&format!("; **{failed} could not be checked**"));
    }
    out.push_str(".\n");
    if let Some(unmanaged) = unmanaged(checks) {
        let managed = unmanaged.total - unmanaged.strays.len();
        out.push_str(&format!(
            "\nCoverage: {} %, {managed} of {} tables are in a state.",
            unmanaged.coverage(),
            unmanaged.total
        ));
        let strays: Vec<String> = unmanaged
            .strays
            .iter()
            .map(|(_, stray)| format!("{} ({})", code(&stray.id), stray.place))
            .collect();
        let strays = cut(&strays.join(", "), CELL * 10);
        if !strays.is_empty() {
            out.push_str(&format!(" In none: {strays}."));
        }
        out.push('\n');
    }
    let room = max_bytes.saturating_sub(SPARE);
    let mut told = 0;
    let mut full = false;
    for check in checks {
        let own = findings(check);
        if own.is_empty() && !check.failed() && checks.len() > 1 {
            continue;
        }
        let mut section = String::new();
        if checks.len() > 1 {
            section.push_str(&format!("\n### {}\n", code(&check.folder)));
        }
        if let Some(report) = &check.report {
            let (changed, gone) = report.counts();
            section.push_str(&format!(
                "\nWorkspace {}, state serial {}: {} looked at, {changed} changed, {gone} deleted, {} ignored.\n",
                code(&report.workspace),
                report.serial,
                report.looked_at.len(),
                report.ignored.len()
            ));
        }
        for (error, _) in check.errors() {
            let detail = cut(&error.detail, CELL).replace('\n', " ");
            section.push_str(&format!(
                "\n**{}** {}\n",
                plain(&error.summary),
                plain(&detail)
            ));
        }
        if !own.is_empty() {
            section.push_str("\n| Object | Attribute | In the state | Now | Where |\n| --- | --- | --- | --- | --- |\n");
        }
        // A heading whose table would be empty is left out too.
        let first = own.first().map_or(0, |first| row(first).len());
        if full || out.len() + section.len() + first > room {
            full = true;
            continue;
        }
        out.push_str(&section);
        for finding in &own {
            let row = row(finding);
            if full || out.len() + row.len() > room {
                full = true;
                break;
            }
            out.push_str(&row);
            told += 1;
        }
    }
    if full {
        out.push_str(&format!(
            "\n{} more are left out here: the text may have {max_bytes} bytes. `trueup drift` tells them all.\n",
            all - told
        ));
    }
    if out.len() > max_bytes {
        let mut at = max_bytes;
        while !out.is_char_boundary(at) {
            at -= 1;
        }
        out.truncate(at);
    }
    out
}

fn row(finding: &Finding<'_>) -> String {
    let place = finding
        .location()
        .map(|place| code(&format!("{}:{}", place.file, place.start.line)));
    let (attribute, before, after) = match (finding.attribute, finding.values()) {
        (None, _) => (String::new(), String::new(), "**deleted**".to_owned()),
        (Some(one), Some((before, after))) => (
            code(&path_text(&one.difference.path)),
            code(&cut(&before, CELL)),
            code(&cut(&after, CELL)),
        ),
        (Some(one), None) => (
            code(&path_text(&one.difference.path)),
            "*sensitive*".to_owned(),
            "*sensitive*".to_owned(),
        ),
    };
    format!(
        "| {} | {attribute} | {before} | {after} | {} |\n",
        code(&finding.object.addr.to_string()),
        place.unwrap_or_default()
    )
}

/// A text as code in a cell: no bar, no line end and no backtick of its own may end either.
fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ").replace('|', "\\|");
    match text.contains('`') {
        false => format!("`{text}`"),
        true => format!("`` {} ``", text.replace("``", "` `")),
    }
}

/// A text without any meaning to Markdown or HTML.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '*' | '_' | '`' | '[' | ']' | '\\' | '|' | '#' => {
                out.push('\\');
                out.push(letter);
            }
            letter => out.push(letter),
        }
    }
    out
}
