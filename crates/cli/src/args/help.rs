//! How the program and its commands are used, in the one-dash form that its users type.

use clap::{ArgAction, Command};

/// The columns of a page.
const WIDTH: usize = 78;
/// Where the explanation of a flag or a command begins, at the earliest.
const COLUMN: usize = 24;

/// How the program is used.
fn usage(root: &Command) -> String {
    let mut out = String::from(
        "Usage: trueup [global options] <subcommand> [args]\n\nThe available commands for execution are listed below.\nThe primary workflow commands are given first, followed by\nless common or more advanced commands.\n",
    );
    let main = ["init", "validate", "plan", "apply", "destroy"];
    let visible = || root.get_subcommands().filter(|one| !one.is_hide_set());
    out.push_str("\nMain commands:\n");
    for name in main {
        if let Some(one) = visible().find(|one| one.get_name() == name) {
            line(&mut out, name, &about(one));
        }
    }
    out.push_str("\nAll other commands:\n");
    let mut others: Vec<_> = visible()
        .filter(|one| !main.contains(&one.get_name()))
        .collect();
    others.sort_by_key(|one| one.get_name());
    for one in others {
        line(&mut out, one.get_name(), &about(one));
    }
    out.push_str("\nGlobal options (use these before the subcommand, if any):\n");
    flags(&mut out, root);
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
    let mut out = format!("Usage: trueup [global options] {}", path.join(" "));
    if command.is_subcommand_required_set() {
        out.push_str(" <subcommand>");
    }
    if command.get_arguments().any(|arg| arg.get_long().is_some()) {
        out.push_str(" [options]");
    }
    for arg in command.get_positionals().filter(|arg| !arg.is_hide_set()) {
        let name = arg
            .get_value_names()
            .and_then(|names| names.first())
            .map(ToString::to_string)
            .unwrap_or_default();
        out.push_str(&format!(" {name}"));
    }
    out.push_str(&format!("\n\n  {}\n", about(command)));
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
    if command
        .get_arguments()
        .any(|arg| arg.get_long().is_some() && !arg.is_hide_set())
    {
        out.push_str("\nOptions:\n");
        flags(&mut out, command);
    }
    out
}

fn about(command: &Command) -> String {
    command
        .get_about()
        .map(ToString::to_string)
        .unwrap_or_default()
}

fn flags(out: &mut String, command: &Command) {
    for arg in command.get_arguments() {
        let Some(long) = arg.get_long().filter(|_| !arg.is_hide_set()) else {
            continue;
        };
        let name = match arg.get_action() {
            ArgAction::SetTrue | ArgAction::Help | ArgAction::Version => format!("-{long}"),
            _ => {
                let value = arg
                    .get_value_names()
                    .and_then(|names| names.first())
                    .map_or_else(|| long.to_uppercase(), ToString::to_string);
                format!("-{long}={value}")
            }
        };
        let text = arg.get_help().map(ToString::to_string).unwrap_or_default();
        line(out, &name, &text);
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
