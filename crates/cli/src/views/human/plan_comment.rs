//! The comment above a planned change: what happens to the object, and why.

use trueup_addrs::InstanceKey;
use trueup_plan::{Action, Reason, ResourceChange};

use crate::views::{Paint, Style, named};

/// Where a change comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// It will be made.
    Planned,
    /// It will be made, by a block that was written for an object that had none.
    Generated,
    /// It was made outside.
    Drift,
}

/// The comment lines, each ended.
pub fn comment(change: &ResourceChange, cause: Cause, style: Style) -> String {
    let address = named(&change.addr, change.deposed.as_ref());
    let moved_from = change
        .previous_addr
        .as_ref()
        .filter(|previous| **previous != change.addr);
    let mut out = headline(change, cause, &address, style);
    out.push_str(&explanation(change));
    out.push('\n');
    if cause == Cause::Generated {
        out.push_str("  # (config will be generated)\n");
    }
    let is_still = change.action == Action::NoOp;
    if let Some(previous) = moved_from.filter(|_| !is_still) {
        out.push_str(&format!("  # (moved from {previous})\n"));
    }
    if let Some(id) = change.importing.as_ref()
        && !(is_still && moved_from.is_none())
    {
        out.push_str(&format!("  # (imported from \"{id}\")\n"));
    }
    out
}

fn headline(change: &ResourceChange, cause: Cause, address: &str, style: Style) -> String {
    let bold = |text: String| style.bold(text);
    let red = |text: &str| style.paint(Paint::BoldRed, text);
    let subject = bold(format!("  # {address}"));
    match (change.action, cause) {
        (Action::Create, _) => format!("{subject} will be created"),
        (Action::Read, _) => format!("{subject} will be read during apply"),
        (Action::Update, Cause::Planned | Cause::Generated) => {
            format!("{subject} will be updated in-place")
        }
        (Action::Update, Cause::Drift) => format!("{subject} has changed"),
        (Action::DeleteThenCreate | Action::CreateThenDelete, _) => {
            let replaced = red("replaced");
            match change.reason {
                Reason::Tainted => format!("{subject} is tainted, so must be {replaced}"),
                Reason::ByRequest => format!("{subject} will be {replaced}, as requested"),
                Reason::ByTriggers => {
                    format!("{subject} will be {replaced} due to changes in replace_triggered_by")
                }
                _ => format!("{subject} must be {replaced}"),
            }
        }
        (Action::Delete, Cause::Planned | Cause::Generated) => {
            format!("{subject} will be {}", red("destroyed"))
        }
        (Action::Delete, Cause::Drift) => format!("{subject} has been deleted"),
        (Action::Forget, _) => {
            let subject = bold(format!(" # {address}"));
            format!("{subject} will no longer be managed by trueup, but will not be destroyed")
        }
        (Action::NoOp, _) => match &change.previous_addr {
            Some(previous) if *previous != change.addr => {
                let subject = bold(format!("  # {previous}"));
                format!("{subject} has moved to {}", style.bold(address))
            }
            _ => format!("{subject} will be imported"),
        },
    }
}

/// Further lines, each begun with a line feed.
fn explanation(change: &ResourceChange) -> String {
    let resource = &change.addr.resource.resource;
    let key = match &change.addr.key {
        InstanceKey::None => String::new(),
        key => key.to_string(),
    };
    let mut lines = Vec::new();
    match change.reason {
        _ if change.action == Action::Forget => {}
        Reason::ReadConfigUnknown => lines.push("config refers to values not yet known".to_owned()),
        Reason::ReadDependencyPending => {
            lines.push("depends on a resource or a module with changes pending".to_owned());
        }
        Reason::ReadCheckNested => {
            lines.push("config will be reloaded to verify a check block".to_owned());
        }
        Reason::NoResourceConfig => lines.push(format!(
            "because {}.{} is not in configuration",
            resource.kind, resource.name
        )),
        Reason::NoMoveTarget => {
            let previous = change.previous_addr.as_ref().unwrap_or(&change.addr);
            lines.push(format!(
                "because {previous} was moved to {}, which is not in configuration",
                change.addr
            ));
        }
        Reason::NoModule => lines.push(format!(
            "because {} is not in configuration",
            change.addr.resource.module
        )),
        Reason::WrongRepetition => lines.push(
            match change.addr.key {
                InstanceKey::None => "because resource uses count or for_each",
                InstanceKey::Int(_) => "because resource does not use count",
                InstanceKey::Str(_) => "because resource does not use for_each",
            }
            .to_owned(),
        ),
        Reason::CountIndex => {
            lines.push(format!("because index {key} is out of range for count"));
        }
        Reason::EachKey => lines.push(format!("because key {key} is not in for_each map")),
        _ => {}
    }
    let is_delete = change.action == Action::Delete;
    let is_forget = change.action == Action::Forget;
    if change.deposed.is_some() && (is_delete || is_forget) {
        lines.push("left over from a partially-failed replacement of this instance".to_owned());
    } else if is_forget {
        lines.push("destroy = false is set in the configuration".to_owned());
    }
    let start = if is_forget { "\n # (" } else { "\n  # (" };
    lines.iter().map(|line| format!("{start}{line})")).collect()
}
