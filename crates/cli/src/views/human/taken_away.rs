//! What a plan takes away from the world: which objects are replaced or destroyed, why, and what they hold.

use trueup_addrs::{InstanceKey, Mode as ResourceMode, ProviderAddr};
use trueup_plan::{Action, Contents, Mode, Plan, Reason, ResourceChange};
use trueup_value::{Path, Step};

use super::folding::grouped;
use super::wrap::wrap;
use crate::views::{Paint, Style, named};

/// Objects of one block that go for the same reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gone {
    /// The object, or the block where there are several.
    pub what: String,
    /// How many there are.
    pub count: usize,
    /// Whether others take their place.
    pub replaced: bool,
    /// Why.
    pub why: String,
    /// What they hold together, where that is known.
    pub contents: Option<Contents>,
}

/// What a plan takes away from the world, in the plan's order. Objects that exist in the state alone are no loss.
pub fn gone(plan: &Plan) -> Vec<Gone> {
    let builtin = ProviderAddr::builtin("terraform");
    let mut found: Vec<(String, Gone)> = Vec::new();
    for change in &plan.changes {
        let goes = change.action == Action::Delete || change.action.is_replace();
        let resource = &change.addr.resource.resource;
        let in_the_world = change.provider.provider != builtin;
        if !goes || !in_the_world || resource.mode != ResourceMode::Managed {
            continue;
        }
        let contents = plan.contents.get(&change.addr).copied();
        let contents = contents.filter(|_| change.deposed.is_none());
        let replaced = change.action.is_replace();
        let why = why(change, plan.mode);
        let block = change.addr.resource.to_string();
        // What holds something is told for itself.
        let same = |other: &&mut (String, Gone)| {
            other.0 == block
                && other.1.replaced == replaced
                && other.1.why == why
                && other.1.contents.is_none()
                && contents.is_none()
        };
        if let Some((block, gone)) = found.last_mut().filter(|other| same(other)) {
            gone.count += 1;
            gone.what.clone_from(block);
            continue;
        }
        let gone = Gone {
            what: named(&change.addr, change.deposed.as_ref()),
            count: 1,
            replaced,
            why,
            contents,
        };
        found.push((block, gone));
    }
    found.into_iter().map(|(_, gone)| gone).collect()
}

/// The text of what a plan takes away; nothing where it takes nothing.
pub fn text(plan: &Plan, style: Style) -> String {
    let gone = gone(plan);
    if gone.is_empty() {
        return String::new();
    }
    let head = style.paint(Paint::BoldRed, "This plan takes away:");
    let mut out = format!("\n{head}\n");
    for one in &gone {
        out.push_str(&format!("  - {}\n", line(one)));
    }
    if gone.iter().any(|one| one.contents.is_some()) {
        let note = format!(
            "\nItems and sizes are DynamoDB's own count as it stood at {}. It is renewed about every six hours: a table that was written to since holds more or less.\n",
            plan.timestamp
        );
        out.push_str(&wrap(&note, style.width()));
    }
    out
}

/// What is told of a group, on one line.
pub fn line(one: &Gone) -> String {
    let how = match one.replaced {
        true => "replaced",
        false => "destroyed",
    };
    let (count, verb) = match one.count {
        1 => (String::new(), "is"),
        count => (format!(" ({} objects)", grouped(count)), "are"),
    };
    let why = match one.why.as_str() {
        "" => String::new(),
        why => format!(", {why}"),
    };
    let holds = one.contents.map(|contents| format!(": {}", held(contents)));
    format!(
        "{}{count} {verb} {how}{why}{}",
        one.what,
        holds.unwrap_or_default()
    )
}

/// How much there is: `about 1,204 items, 3.4 MB`.
pub fn held(contents: Contents) -> String {
    let items = match contents.items {
        1 => "1 item".to_owned(),
        items => format!("{} items", grouped(items)),
    };
    format!("about {items}, {}", size(contents.bytes))
}

/// Bytes as a reader takes them in.
fn size(bytes: u64) -> String {
    let mut amount = bytes as f64;
    let mut unit = "bytes";
    for larger in ["kB", "MB", "GB", "TB", "PB"] {
        if amount < 1000.0 {
            break;
        }
        amount /= 1000.0;
        unit = larger;
    }
    match unit {
        "bytes" => format!("{bytes} bytes"),
        unit => format!("{amount:.1} {unit}"),
    }
}

/// Why an object goes.
pub fn why(change: &ResourceChange, mode: Mode) -> String {
    let resource = &change.addr.resource.resource;
    if change.deposed.is_some() {
        return "because it is left over from an earlier replacement".to_owned();
    }
    match change.reason {
        Reason::Tainted => "because it is tainted".to_owned(),
        Reason::ByRequest => "because -replace asks for it".to_owned(),
        Reason::ByTriggers => "because of replace_triggered_by".to_owned(),
        Reason::NoResourceConfig => format!(
            "because {}.{} is not in the configuration",
            resource.kind, resource.name
        ),
        Reason::WrongRepetition => match change.addr.key {
            InstanceKey::None => "because the resource uses count or for_each".to_owned(),
            InstanceKey::Int(_) => "because the resource does not use count".to_owned(),
            InstanceKey::Str(_) => "because the resource does not use for_each".to_owned(),
        },
        // Without the key, so that alike objects are told together: each says its own where it is shown.
        Reason::CountIndex => "because count became smaller".to_owned(),
        Reason::EachKey => "because the key is not in for_each".to_owned(),
        Reason::NoModule => format!(
            "because {} is not in the configuration",
            change.addr.resource.module
        ),
        Reason::NoMoveTarget => {
            "because it was moved to what is not in the configuration".to_owned()
        }
        _ if change.action.is_replace() => {
            let mut names: Vec<String> = change.required_replace.iter().map(name).collect();
            names.sort();
            names.dedup();
            match names.is_empty() {
                true => String::new(),
                false => format!("because {} can't be changed in place", names.join(", ")),
            }
        }
        _ if mode == Mode::Destroy => "as asked for".to_owned(),
        _ => String::new(),
    }
}

/// The attribute that a path leads to, with what it lies in.
fn name(path: &Path) -> String {
    let names: Vec<&str> = path
        .0
        .iter()
        .filter_map(|step| match step {
            Step::Attr(name) => Some(&**name),
            Step::Index(_) => None,
        })
        .collect();
    names.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_are_told_in_words() {
        for (items, bytes, text) in [
            (0, 0, "about 0 items, 0 bytes"),
            (1, 999, "about 1 item, 999 bytes"),
            (1204, 3_412_000, "about 1,204 items, 3.4 MB"),
            (
                5_000_000,
                1_200_000_000_000,
                "about 5,000,000 items, 1.2 TB",
            ),
        ] {
            assert_eq!(held(Contents { items, bytes }), text);
        }
    }
}
