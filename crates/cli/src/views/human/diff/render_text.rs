//! Strings as text: quoted, as a heredoc with its lines compared, or as the JSON that they hold.

use std::fmt::Write as _;

use trueup_plan::Action;
use trueup_plan::json::Json;

use super::render::{indent, render};
use super::sequence::walk;
use super::{Change, Diff, Kind, Look, Paths, json_value};

/// A string as it is shown.
enum Shown<'a> {
    Null,
    Json(Json),
    Lines(&'a str),
    Plain(&'a str),
}

impl Shown<'_> {
    fn simple(&self, look: Look) -> String {
        match self {
            Shown::Null | Shown::Json(_) => look.null(),
            Shown::Lines(text) | Shown::Plain(text) => quote(text),
        }
    }

    fn text(&self) -> &str {
        match self {
            Shown::Null | Shown::Json(_) => "null",
            Shown::Lines(text) | Shown::Plain(text) => text,
        }
    }
}

fn shown(value: &Json) -> Shown<'_> {
    let Some(text) = value.as_str() else {
        return Shown::Null;
    };
    if text.starts_with(['{', '['])
        && let Some(json) = Json::parse(text)
    {
        return Shown::Json(json);
    }
    if text.contains('\n') {
        Shown::Lines(text.trim())
    } else {
        Shown::Plain(text)
    }
}

/// The text in double quotes, with Go's escapes.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        // Writing to a String never fails.
        let _ = match c {
            '"' => write!(out, "\\\""),
            '\\' => write!(out, "\\\\"),
            '\u{7}' => write!(out, "\\a"),
            '\u{8}' => write!(out, "\\b"),
            '\u{c}' => write!(out, "\\f"),
            '\n' => write!(out, "\\n"),
            '\r' => write!(out, "\\r"),
            '\t' => write!(out, "\\t"),
            '\u{b}' => write!(out, "\\v"),
            c if (c as u32) < 0x20 || c as u32 == 0x7f => write!(out, "\\x{:02x}", c as u32),
            c if is_printable(c) => write!(out, "{c}"),
            c if (c as u32) < 0x10000 => write!(out, "\\u{:04x}", c as u32),
            c => write!(out, "\\U{:08x}", c as u32),
        };
    }
    out.push('"');
    out
}

/// Nearly what Go calls printable: no control, format or separator characters but the space.
fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    let hidden = matches!(c,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}'..='\u{ffff}'
        | '\u{e0000}'..='\u{10ffff}');
    !c.is_control() && !c.is_whitespace() && !hidden
}

/// The text of a string's difference.
pub(super) fn render_text(
    diff: &Diff,
    before: &Json,
    after: &Json,
    level: usize,
    look: Look,
) -> String {
    let replace = look.replacement(diff.replace);
    match diff.action {
        Action::Create | Action::NoOp => match shown(after) {
            Shown::Json(json) => {
                let before = match diff.action {
                    Action::NoOp => json.clone(),
                    _ => Json::Null,
                };
                as_json(diff, before, json, level, look)
            }
            Shown::Lines(text) => heredoc(diff, &plain_lines(text, level, look), level, look),
            simple => format!("{}{replace}", simple.simple(look)),
        },
        Action::Delete => match shown(before) {
            Shown::Json(json) => as_json(diff, json, Json::Null, level, look),
            Shown::Lines(text) => heredoc(diff, &plain_lines(text, level, look), level, look),
            Shown::Null => format!("{}{replace}", look.null()),
            Shown::Plain(text) => {
                format!("{}{}{replace}", quote(text), look.null_suffix(diff.action))
            }
        },
        _ => updated(diff, before, after, level, look),
    }
}

fn updated(diff: &Diff, before: &Json, after: &Json, level: usize, look: Look) -> String {
    match (shown(before), shown(after)) {
        (Shown::Json(before), Shown::Json(after)) => as_json(diff, before, after, level, look),
        (Shown::Json(_), _) | (_, Shown::Json(_)) => {
            let part = |action, before: &Json, after: &Json| {
                let (before, after) = (before.clone(), after.clone());
                Box::new(Diff::new(action, Kind::Text { before, after }, false))
            };
            let gone = part(Action::Delete, before, &Json::Null);
            let made = part(Action::Create, &Json::Null, after);
            let change = Diff::new(diff.action, Kind::TypeChange(gone, made), diff.replace);
            render(&change, level, look)
        }
        (old @ (Shown::Plain(_) | Shown::Null), new @ (Shown::Plain(_) | Shown::Null)) => {
            let replace = look.replacement(diff.replace);
            let (old, new) = (old.simple(look), new.simple(look));
            format!("{old} {} {new}{replace}", look.arrow())
        }
        (old, new) => {
            let old: Vec<&str> = old.text().split('\n').collect();
            let new: Vec<&str> = new.text().split('\n').collect();
            let start = indent(level + 1);
            let mut lines = Vec::new();
            walk(
                &old,
                &new,
                |_| false,
                |before, after| {
                    let (action, text) = match (before, after) {
                        (Some(before), Some(_)) => (Action::NoOp, old[before]),
                        (Some(before), None) => (Action::Delete, old[before]),
                        (None, Some(after)) => (Action::Create, new[after]),
                        (None, None) => return,
                    };
                    lines.push(format!("{start}{}{text}", look.symbol(action)));
                },
            );
            heredoc(diff, &lines, level, look)
        }
    }
}

fn plain_lines(text: &str, level: usize, look: Look) -> Vec<String> {
    let start = format!("{}{}", indent(level + 1), look.symbol(Action::NoOp));
    text.split('\n')
        .map(|line| format!("{start}{line}"))
        .collect()
}

fn heredoc(diff: &Diff, lines: &[String], level: usize, look: Look) -> String {
    let replace = look.replacement(diff.replace);
    let lines = lines.join("\n");
    let end = format!("{}{}", indent(level), look.symbol(Action::NoOp));
    let null = look.null_suffix(diff.action);
    format!("<<-EOT{replace}\n{lines}\n{end}EOT{null}")
}

fn as_json(diff: &Diff, before: Json, after: Json, level: usize, look: Look) -> String {
    let change = Change {
        before_explicit: diff.action != Action::Create,
        after_explicit: diff.action != Action::Delete,
        before,
        after,
        relevant: Paths::always(),
        ..Change::default()
    };
    let json = json_value::compare(&change);
    let mut below = look.below_without_null();
    let (mut spaces, mut replace) = ("", look.replacement(diff.replace));
    if json.action == Action::NoOp && diff.action == Action::Update {
        spaces = if diff.replace || look.force_replace {
            " # whitespace changes force replacement"
        } else {
            " # whitespace changes"
        };
        replace.clear();
        below.show_unchanged = true;
    }
    let text = render(&json, level + 1, below);
    let null = look.null_suffix(diff.action);
    if !text.contains('\n') {
        return format!("jsonencode({text}){spaces}{replace}{null}");
    }
    let action = match diff.action {
        Action::Create | Action::Delete => Action::NoOp,
        action => action,
    };
    let start = format!("{}{}", indent(level + 1), look.symbol(action));
    let end = format!("{}{}", indent(level), look.symbol(Action::NoOp));
    format!("jsonencode({spaces}\n{start}{text}{replace}\n{end}){null}")
}
