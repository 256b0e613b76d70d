//! A tree of differences as text.

use std::collections::BTreeMap;

use trueup_plan::Action;
use trueup_plan::json::Json;

use super::render_block::render_block;
use super::render_text::{quote, render_text};
use super::{Diff, Kind, SensitiveDiff};
use crate::views::{Paint, Style};

/// How a difference is shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look {
    /// Colours.
    pub style: Style,
    /// Show no `-> null` after what is deleted.
    pub no_null: bool,
    /// Show unchanged parts too.
    pub show_unchanged: bool,
    /// Show values only, without the column of action symbols.
    pub no_symbols: bool,
    /// Everything here forces a replacement, because of what holds it.
    pub force_replace: bool,
}

impl Look {
    /// The look of what lies below: a replacement forced from above is said once.
    pub(super) fn below(self) -> Self {
        Self {
            force_replace: false,
            ..self
        }
    }

    /// As [`Look::below`], with no `-> null`.
    pub(super) fn below_without_null(self) -> Self {
        Self {
            no_null: true,
            ..self.below()
        }
    }

    pub(super) fn replacement(self, replace: bool) -> String {
        if replace || self.force_replace {
            format!(" {}", self.style.paint(Paint::Red, "# forces replacement"))
        } else {
            String::new()
        }
    }

    pub(super) fn null_suffix(self, action: Action) -> String {
        if action == Action::Delete && !self.no_null {
            let (arrow, null) = (self.arrow(), self.style.paint(Paint::Gray, "null"));
            format!(" {arrow} {null}")
        } else {
            String::new()
        }
    }

    pub(super) fn arrow(self) -> String {
        self.style.paint(Paint::Yellow, "->")
    }

    /// The four columns before a name.
    pub(super) fn symbol(self, action: Action) -> String {
        if self.no_symbols {
            return String::new();
        }
        format!("{} ", action_symbol(action, self.style))
    }

    pub(super) fn unchanged(self, what: &str, count: usize) -> String {
        let plural = if count == 1 { "" } else { "s" };
        let text = format!("# ({count} unchanged {what}{plural} hidden)");
        self.style.paint(Paint::Gray, text)
    }

    pub(super) fn null(self) -> String {
        self.style.paint(Paint::Gray, "null")
    }
}

/// The three columns that stand for an action.
pub fn action_symbol(action: Action, style: Style) -> String {
    let green = |text| style.paint(Paint::Green, text);
    let red = |text| style.paint(Paint::Red, text);
    match action {
        Action::NoOp => "   ".to_owned(),
        Action::Create => format!("  {}", green("+")),
        Action::Delete => format!("  {}", red("-")),
        Action::Update => format!("  {}", style.paint(Paint::Yellow, "~")),
        Action::DeleteThenCreate => format!("{}/{}", red("-"), green("+")),
        Action::CreateThenDelete => format!("{}/{}", green("+"), red("-")),
        Action::Read => format!(" {}", style.paint(Paint::Cyan, "<=")),
        Action::Forget => format!(" {}", red(".")),
    }
}

/// The white space of a level.
pub(super) fn indent(level: usize) -> String {
    "    ".repeat(level)
}

/// A name as it can be written before an equals sign: quoted where it is not an identifier.
pub fn attribute_name(name: &str) -> String {
    let mut chars = name.chars();
    let first = |c: char| c.is_alphabetic() || c == '_';
    let rest = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    if chars.next().is_some_and(first) && chars.all(rest) {
        name.to_owned()
    } else {
        quote(name)
    }
}

/// Whether an attribute of this name is shown even when it does not change.
pub(super) fn is_important(name: &str) -> bool {
    matches!(name, "id" | "name" | "tags")
}

/// The text of a difference that begins at `level`.
pub fn render(diff: &Diff, level: usize, look: Look) -> String {
    match &diff.kind {
        Kind::Scalar { before, after } => scalar(diff, before, after, look),
        Kind::Text { before, after } => render_text(diff, before, after, level, look),
        Kind::Object(members) => object(diff, members, level, look),
        Kind::Map(members) => map(diff, members, level, look),
        Kind::List(elements) => list(diff, elements, level, look),
        Kind::Set(elements) => set(diff, elements, level, look),
        Kind::Block(block) => render_block(diff, block, level, look),
        Kind::Unknown(before) => {
            let after = format!("(known after apply){}", look.replacement(diff.replace));
            match before {
                Some(before) if diff.action != Action::Create => {
                    let before = render(before, level, look.below_without_null());
                    format!("{before} {} {after}", look.arrow())
                }
                _ => after,
            }
        }
        Kind::Sensitive(_) => format!(
            "(sensitive value){}{}",
            look.null_suffix(diff.action),
            look.replacement(diff.replace)
        ),
        Kind::SensitiveBlock(_) => {
            let line = format!("{}{}", indent(level), look.symbol(Action::NoOp));
            format!(
                "{{{}\n{line}  # At least one attribute in this block is (or was) sensitive,\n\
                 {line}  # so its contents will not be displayed.\n{line}}}",
                look.replacement(diff.replace)
            )
        }
        Kind::TypeChange(before, after) => {
            let below = look.below_without_null();
            let before = render(before, level, below);
            let after = render(after, level, below);
            let replace = look.replacement(diff.replace);
            format!("{before} {} {after}{replace}", look.arrow())
        }
    }
}

/// The comment lines that come before a value whose sensitivity changes, without their first indent.
pub(super) fn warnings(diff: &Diff, level: usize, look: Look) -> Vec<String> {
    let (sensitive, what) = match &diff.kind {
        Kind::Sensitive(sensitive) => (sensitive, "attribute value"),
        Kind::SensitiveBlock(sensitive) => (sensitive, "block"),
        _ => return Vec::new(),
    };
    let SensitiveDiff {
        inner,
        before,
        after,
    } = sensitive;
    if before == after || matches!(inner, Action::Create | Action::Delete) {
        return Vec::new();
    }
    let warning = look.style.paint(Paint::Yellow, "Warning");
    let start = indent(level);
    let (end, last) = if *before {
        (
            "will no longer be marked as sensitive",
            "after applying this change.",
        )
    } else {
        (
            "will be marked as sensitive and will not",
            "display in UI output after applying this change.",
        )
    };
    let same = if *inner == Action::NoOp {
        " The value is unchanged."
    } else {
        ""
    };
    vec![format!(
        "  # {warning}: this {what} {end}\n{start}  # {last}{same}"
    )]
}

/// One line of a body: warnings, indent, symbol, the head and the value.
pub(super) fn line(
    out: &mut String,
    diff: &Diff,
    head: &str,
    tail: &str,
    level: usize,
    look: Look,
) {
    for warning in warnings(diff, level, look) {
        out.push_str(&indent(level));
        out.push_str(&warning);
        out.push('\n');
    }
    out.push_str(&indent(level));
    out.push_str(&look.symbol(diff.action));
    out.push_str(head);
    out.push_str(&render(diff, level, look));
    out.push_str(tail);
    out.push('\n');
}

/// The line that counts what is not shown.
pub(super) fn hidden_line(out: &mut String, what: &str, count: usize, level: usize, look: Look) {
    if count > 0 {
        out.push_str(&indent(level));
        out.push_str(&look.symbol(Action::NoOp));
        out.push_str(&look.unchanged(what, count));
        out.push('\n');
    }
}

fn closing(diff: &Diff, bracket: char, level: usize, look: Look) -> String {
    let symbol = look.symbol(Action::NoOp);
    let null = look.null_suffix(diff.action);
    format!("{}{symbol}{bracket}{null}", indent(level))
}

fn empty(diff: &Diff, brackets: &str, look: Look) -> String {
    let null = look.null_suffix(diff.action);
    format!("{brackets}{null}{}", look.replacement(diff.replace))
}

fn scalar(diff: &Diff, before: &Json, after: &Json, look: Look) -> String {
    let text = |value: &Json| match value {
        Json::Null => look.null(),
        value => value.to_line(),
    };
    let replace = look.replacement(diff.replace);
    match diff.action {
        Action::Create => format!("{}{replace}", text(after)),
        Action::Delete => {
            let null = look.null_suffix(diff.action);
            format!("{}{null}{replace}", text(before))
        }
        Action::NoOp => format!("{}{replace}", text(before)),
        _ => {
            let (before, after) = (text(before), text(after));
            format!("{before} {} {after}{replace}", look.arrow())
        }
    }
}

fn object(diff: &Diff, members: &BTreeMap<String, Diff>, level: usize, look: Look) -> String {
    if members.is_empty() {
        return empty(diff, "{}", look);
    }
    let below = look.below_without_null();
    let names: Vec<String> = members.keys().map(|name| attribute_name(name)).collect();
    let width = width(&names);
    let mut unchanged = 0;
    let mut out = format!("{{{}\n", look.replacement(diff.replace));
    for ((name, member), shown) in members.iter().zip(&names) {
        let mut below = below;
        if is_important(name) {
            below.show_unchanged = true;
        } else if member.action == Action::NoOp && !look.show_unchanged {
            unchanged += 1;
            continue;
        }
        let head = format!("{shown:<width$} = ");
        line(&mut out, member, &head, "", level + 1, below);
    }
    hidden_line(&mut out, "attribute", unchanged, level + 1, look);
    out + &closing(diff, '}', level, look)
}

pub(super) fn width(names: &[String]) -> usize {
    names
        .iter()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or_default()
}

fn map(diff: &Diff, members: &BTreeMap<String, Diff>, level: usize, look: Look) -> String {
    if members.is_empty() {
        return empty(diff, "{}", look);
    }
    let mut below = look.below();
    below.no_null = look.no_null || diff.action == Action::Delete;
    let names: Vec<String> = members.keys().map(|name| quote(name)).collect();
    let width = width(&names);
    let mut unchanged = 0;
    let mut out = format!("{{{}\n", look.replacement(diff.replace));
    for (member, shown) in members.values().zip(&names) {
        if member.action == Action::NoOp && !look.show_unchanged {
            unchanged += 1;
            continue;
        }
        let comma = if matches!(member.kind, Kind::Object(_)) {
            ","
        } else {
            ""
        };
        let head = format!("{shown:<width$} = ");
        line(&mut out, member, &head, comma, level + 1, below);
    }
    hidden_line(&mut out, "element", unchanged, level + 1, look);
    out + &closing(diff, '}', level, look)
}

fn list(diff: &Diff, elements: &[Diff], level: usize, look: Look) -> String {
    if elements.is_empty() {
        return empty(diff, "[]", look);
    }
    let changed_look = look.below_without_null();
    let unchanged_look = Look {
        show_unchanged: true,
        ..look.below()
    };
    let mut out = format!("[{}\n", look.replacement(diff.replace));
    // Unchanged elements since the last one shown; the element next to a change is shown with it.
    let mut waiting: Vec<&Diff> = Vec::new();
    let mut show_next = false;
    for element in elements {
        if element.action == Action::NoOp && !show_next && !look.show_unchanged {
            waiting.push(element);
            continue;
        }
        let unchanged = element.action == Action::NoOp;
        if let Some(last) = waiting.pop() {
            hidden_line(&mut out, "element", waiting.len(), level + 1, changed_look);
            line(&mut out, last, "", ",", level + 1, unchanged_look);
            waiting.clear();
        }
        show_next = !unchanged;
        let look = if unchanged {
            unchanged_look
        } else {
            changed_look
        };
        line(&mut out, element, "", ",", level + 1, look);
    }
    hidden_line(&mut out, "element", waiting.len(), level + 1, changed_look);
    out + &closing(diff, ']', level, look)
}

fn set(diff: &Diff, elements: &[Diff], level: usize, look: Look) -> String {
    if elements.is_empty() {
        return empty(diff, "[]", look);
    }
    let below = look.below_without_null();
    let mut unchanged = 0;
    let mut out = format!("[{}\n", look.replacement(diff.replace));
    for element in elements {
        if element.action == Action::NoOp && !look.show_unchanged {
            unchanged += 1;
            continue;
        }
        line(&mut out, element, "", ",", level + 1, below);
    }
    hidden_line(&mut out, "element", unchanged, level + 1, look);
    out + &closing(diff, ']', level, look)
}
