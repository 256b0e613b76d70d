//! What there is to say of each command: how it is used, its flags, its exit codes. Help, manual pages, completions
//! and the page of all commands are made of it.

use clap::{ArgAction, Command};

use crate::exit::Exit;

/// A flag of a command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flag {
    /// Its name, without dash.
    pub name: String,
    /// What stands for its value; `None` for a switch.
    pub value: Option<String>,
    /// Whether it is a boolean, which stands for itself without a value too.
    pub boolean: bool,
    /// The values that it can have, where they are few.
    pub values: Vec<String>,
    /// What it is without being given, where that is worth a word.
    pub default: Option<String>,
    /// What it does.
    pub help: String,
}

impl Flag {
    /// As a page writes it: `-out=FILE`.
    pub fn written(&self) -> String {
        match &self.value {
            Some(value) => format!("-{}={value}", self.name),
            None => format!("-{}", self.name),
        }
    }

    /// What it does, with what it is without being given.
    pub fn explained(&self) -> String {
        match &self.default {
            Some(default) => format!("{}. Default: {default}.", self.help),
            None => format!("{}.", self.help),
        }
    }
}

/// A command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// Its words; none for the program itself.
    pub path: Vec<String>,
    /// What it does, in a sentence.
    pub about: String,
    /// What stands on its line after the flags.
    pub arguments: Vec<String>,
    /// Its flags.
    pub flags: Vec<Flag>,
    /// The names of the commands below it.
    pub commands: Vec<String>,
    /// Whether one of those must be named.
    pub is_group: bool,
}

impl Page {
    /// The line that shows how it is used, without what begins it.
    pub fn usage(&self) -> String {
        let mut out = String::from("trueup [global options]");
        for word in &self.path {
            out.push_str(&format!(" {word}"));
        }
        if self.path.is_empty() || self.is_group {
            out.push_str(" <subcommand>");
        }
        if self.path.is_empty() {
            return out + " [args]";
        }
        if !self.flags.is_empty() {
            out.push_str(" [options]");
        }
        for argument in &self.arguments {
            out.push_str(&format!(" {argument}"));
        }
        out
    }

    /// The ways in which it ends, and what they mean.
    pub fn exits(&self) -> &'static [(Exit, &'static str)] {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        match path.as_slice() {
            [] => &[
                (Exit::Done, "it was done"),
                (Exit::Failed, "it failed"),
                (Exit::NoCommand, "no command was named"),
            ],
            ["plan"] => &[
                (
                    Exit::Done,
                    "the plan was made; with -detailed-exitcode: there is nothing to change",
                ),
                (Exit::Failed, "it failed"),
                (
                    Exit::Differs,
                    "with -detailed-exitcode: there is something to change",
                ),
            ],
            ["apply" | "destroy" | "refresh"] => &[
                (Exit::Done, "it was done, or there was nothing to do"),
                (Exit::Failed, "it failed, was declined, or was interrupted"),
            ],
            ["validate"] => &[
                (
                    Exit::Done,
                    "the configuration is valid, perhaps with warnings",
                ),
                (Exit::Failed, "it is not"),
            ],
            ["fmt"] => &[
                (Exit::Done, "all is in the canonical form now"),
                (
                    Exit::Unreadable,
                    "a file could not be read, written or parsed",
                ),
                (
                    Exit::NotFormatted,
                    "with -check: a file is not in the canonical form",
                ),
            ],
            ["test"] => &[
                (Exit::Done, "all tests passed"),
                (Exit::Failed, "one failed, or none could run"),
            ],
            ["drift"] => &[
                (Exit::Done, "nothing was changed outside"),
                (Exit::Failed, "it failed"),
                (Exit::Differs, "something was changed outside"),
            ],
            _ => &[(Exit::Done, "it was done"), (Exit::Failed, "it failed")],
        }
    }
}

/// The page of a command, its path given.
pub fn page(command: &Command, path: Vec<String>) -> Page {
    let arguments = command
        .get_positionals()
        .filter(|arg| !arg.is_hide_set())
        .filter_map(|arg| Some(arg.get_value_names()?.first()?.to_string()));
    let commands = command.get_subcommands().filter(|one| !one.is_hide_set());
    Page {
        path,
        about: command
            .get_about()
            .map(ToString::to_string)
            .unwrap_or_default(),
        arguments: arguments.collect(),
        flags: command.get_arguments().filter_map(flag).collect(),
        commands: commands.map(|one| one.get_name().to_owned()).collect(),
        is_group: command.is_subcommand_required_set(),
    }
}

fn flag(arg: &clap::Arg) -> Option<Flag> {
    let name = arg.get_long().filter(|_| !arg.is_hide_set())?;
    let is_switch = matches!(
        arg.get_action(),
        ArgAction::SetTrue | ArgAction::Help | ArgAction::Version
    );
    let value = || {
        arg.get_value_names()
            .and_then(|names| names.first())
            .map_or_else(|| name.to_uppercase(), ToString::to_string)
    };
    let value = (!is_switch).then(value);
    let boolean = is_switch || value.as_deref() == Some("BOOL");
    let possible = arg.get_possible_values().into_iter();
    let defaults = arg.get_default_values().iter();
    let default = defaults
        .map(|value| value.to_string_lossy().into_owned())
        .next();
    Some(Flag {
        name: name.to_owned(),
        boolean,
        values: match boolean {
            true => vec!["true".to_owned(), "false".to_owned()],
            false => possible.map(|one| one.get_name().to_owned()).collect(),
        },
        default: default.filter(|_| !is_switch),
        value,
        help: arg.get_help().map(ToString::to_string).unwrap_or_default(),
    })
}

/// The pages of the program and of all its commands, those of a group after it.
pub fn pages(root: &Command) -> Vec<Page> {
    let mut found = Vec::new();
    collect(root, Vec::new(), &mut found);
    found
}

fn collect(command: &Command, path: Vec<String>, found: &mut Vec<Page>) {
    let mut below: Vec<&Command> = command
        .get_subcommands()
        .filter(|one| !one.is_hide_set())
        .collect();
    below.sort_by_key(|one| one.get_name());
    found.push(page(command, path.clone()));
    for one in below {
        let mut path = path.clone();
        path.push(one.get_name().to_owned());
        collect(one, path, found);
    }
}
