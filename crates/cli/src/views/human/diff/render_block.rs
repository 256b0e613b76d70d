//! The body of a resource or of a nested block as text.

use trueup_plan::Action;

use super::render::{attribute_name, hidden_line, indent, is_important, line, width};
use super::render_text::quote;
use super::{BlockDiff, BlockGroup, Diff, Kind, Look, SensitiveDiff};

/// The text of a block's body, from its opening brace on.
pub(super) fn render_block(diff: &Diff, block: &BlockDiff, level: usize, look: Look) -> String {
    if block.attributes.is_empty() && block.blocks.is_empty() {
        return format!("{{}}{}", look.replacement(diff.replace));
    }
    let mut out = format!("{{{}\n", look.replacement(diff.replace));
    attributes(&mut out, block, level + 1, look);
    let mut unchanged = 0;
    for (kind, group) in &block.blocks {
        let mut first = !block.attributes.is_empty();
        for (key, nested) in group_of(diff, group) {
            if nested.action == Action::NoOp && !look.show_unchanged {
                unchanged += 1;
                continue;
            }
            if std::mem::take(&mut first) {
                out.push('\n');
            }
            let mut below = look.below();
            below.force_replace = group.replace;
            let key = key.map(|key| format!(" {}", quote(&key)));
            let head = format!("{}{} ", attribute_name(kind), key.unwrap_or_default());
            line(&mut out, &nested, &head, "", level + 1, below);
        }
    }
    if unchanged > 0 {
        out.push('\n');
        hidden_line(&mut out, "block", unchanged, level + 1, look);
    }
    out + &format!("{}{}}}", indent(level), look.symbol(Action::NoOp))
}

fn attributes(out: &mut String, block: &BlockDiff, level: usize, look: Look) {
    let names: Vec<String> = block
        .attributes
        .keys()
        .map(|name| attribute_name(name))
        .collect();
    let width = width(&names);
    let mut unchanged = 0;
    for ((name, attribute), shown) in block.attributes.iter().zip(&names) {
        let mut below = look.below();
        if is_important(name) {
            below.show_unchanged = true;
        } else if attribute.action == Action::NoOp && !look.show_unchanged {
            unchanged += 1;
            continue;
        }
        let head = format!("{shown:<width$} = ");
        line(out, attribute, &head, "", level, below);
    }
    hidden_line(out, "attribute", unchanged, level, look);
}

/// The blocks of a group as they are shown: one line where it is not known what there will be, no contents
/// where the group as a whole is sensitive.
fn group_of(diff: &Diff, group: &BlockGroup) -> Vec<(Option<String>, Diff)> {
    let mut blocks = Vec::new();
    if group.unknown {
        blocks.push((None, Diff::new(diff.action, Kind::Unknown(None), false)));
    }
    for (key, nested) in &group.blocks {
        let (before, after) = (group.before_sensitive, group.after_sensitive);
        let is_hidden = match nested.action {
            Action::Create => after,
            Action::Delete => before,
            _ => before || after,
        };
        if !is_hidden {
            blocks.push((key.clone(), nested.clone()));
            continue;
        }
        let action = match nested.action {
            Action::NoOp if before != after => Action::Update,
            action => action,
        };
        let kind = Kind::SensitiveBlock(SensitiveDiff {
            inner: nested.action,
            before,
            after,
        });
        blocks.push((key.clone(), Diff::new(action, kind, nested.replace)));
    }
    blocks
}
