//! How the program and its commands are used, in the one-dash form that its users type.

use clap::Command;

use super::pages::{Page, page};

/// The columns of a page.
const WIDTH: usize = 78;
/// Where the explanation of a flag or a command begins, at the earliest.
const COLUMN: usize = 24;

/// The commands that most work is done with.
pub const MAIN: [&str; 5] = ["init", "validate", "plan", "apply", "destroy"];

/// How the program is used.
fn usage(root: &Command) -> String {
    let mut out = format!(
        "Usage: {}\n\nThe available commands for execution are listed below.\nThe primary workflow commands are given first, followed by\nless common or more advanced commands.\n",
        page(root, Vec::new()).usage()
    );
    let visible = || root.get_subcommands().filter(|one| !one.is_hide_set());
    out.push_str("\nMain commands:\n");
    for name in MAIN {
        if let Some(one) = visible().find(|one| one.get_name() == name) {
            line(&mut out, name, &about(one));
        }
    }
    out.push_str("\nAll other commands:\n");
    let mut others: Vec<_> = visible()
        .filter(|one| !MAIN.contains(&one.get_name()))
        .collect();
    others.sort_by_key(|one| one.get_name());
    for one in others {
        line(&mut out, one.get_name(), &about(one));
    }
    out.push_str("\nGlobal options (use these before the subcommand, if any):\n");
    flags(&mut out, &page(root, Vec::new()));
    out
}

/// How the command of a path is used.
pub fn help(root: &Command, path: &[String]) -> String {
    let mut command = root;
    for name in path {
        match command.find_subcommand(name) {
            Some(found) => command = found,
            None => break,
        }
    }
    if path.is_empty() {
        return usage(root);
    }
    let page = page(command, path.to_vec());
    let mut out = format!("Usage: {}\n\n  {}\n", page.usage(), page.about);
    let mut subcommands = command
        .get_subcommands()
        .filter(|one| !one.is_hide_set())
        .peekable();
    if subcommands.peek().is_some() {
        out.push_str("\nSubcommands:\n");
        for one in subcommands {
            line(&mut out, one.get_name(), &about(one));
        }
    }
    if !page.flags.is_empty() {
        out.push_str("\nOptions:\n");
        flags(&mut out, &page);
    }
    out
}

fn about(command: &Command) -> String {
    command
        .get_about()
        .map(ToString::to_string)
        .unwrap_or_default()
}

fn flags(out: &mut String, page: &Page) {
    for flag in &page.flags {
        line(out, &flag.written(), &flag.help);
    }
}

/// A name and what it is, the latter broken into lines beside it.
fn line(out: &mut String, name: &str, text: &str) {
    let mut text_lines = vec![String::new()];
    for word in text.split(' ') {
        if let Some(last) = text_lines.last_mut() {
            if last.is_empty() {
                last.push_str(word);
            } else if last.len() + 1 + word.len() <= WIDTH - COLUMN - 2 {
                last.push(' ');
                last.push_str(word);
            } else {
                text_lines.push(word.to_owned());
            }
        }
    }
    let mut lines = text_lines.into_iter();
    if name.len() >= COLUMN {
        out.push_str(&format!("  {name}\n"));
    } else {
        let first = lines.next().unwrap_or_default();
        out.push_str(&format!("  {name:COLUMN$}{first}\n"));
    }
    for rest in lines {
        out.push_str(&format!("  {:COLUMN$}{rest}\n", ""));
    }
}
