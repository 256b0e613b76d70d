//! What an acceptance of drift changes in files, and what it says.

use trueup_operations::drift::Accepted;

use crate::views::{Paint, Style};

/// The changes as a unified diff.
pub fn changes(accepted: &Accepted, style: Style) -> String {
    let mut out = String::new();
    for (name, (before, after)) in &accepted.files {
        let diff = similar::TextDiff::from_lines(&**before, after.as_str());
        let diff = diff
            .unified_diff()
            .context_radius(2)
            .header(&format!("a/{name}"), &format!("b/{name}"))
            .to_string();
        for line in diff.lines() {
            let paint = match line.as_bytes().first() {
                Some(b'+') => Some(Paint::Green),
                Some(b'-') => Some(Paint::Red),
                Some(b'@') => Some(Paint::Cyan),
                _ => None,
            };
            match paint {
                Some(paint) => out.push_str(&style.paint(paint, line)),
                None => out.push_str(line),
            }
            out.push('\n');
        }
    }
    out
}

/// What was written, a line a place; `dry` says that nothing was.
pub fn written(accepted: &Accepted, dry: bool) -> String {
    let mut out = String::new();
    if accepted.written.is_empty() && accepted.refused.is_empty() {
        return "Nothing to accept.\n".to_owned();
    }
    for (addr, path) in &accepted.written {
        out.push_str(&format!("  {addr}: {path}\n"));
    }
    let files: Vec<&str> = accepted.files.keys().map(|name| &**name).collect();
    let count = accepted.written.len();
    let s = if count == 1 { "" } else { "s" };
    if count == 0 {
        return out;
    }
    match dry {
        true => out.push_str(&format!("\n{count} difference{s} would be written into {}.\n", files.join(", "))),
        false => out.push_str(&format!(
            "\nAccepted {count} difference{s}, written into {}. The next apply takes them into the state.\n",
            files.join(", ")
        )),
    }
    out
}
