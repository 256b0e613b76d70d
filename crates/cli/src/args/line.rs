//! The command line as it was typed, brought to the one form that the flags' parser reads.
//!
//! Flags are read as Go programs read them: with one dash or two, `-name=value` or `-name value`, booleans with or
//! without a value, up to the first argument that is no flag. `TF_CLI_ARGS` and `TF_CLI_ARGS_<command>` are put in
//! right after the command.

use clap::{ArgAction, Command};
use trueup_operations::Given;

use super::values::boolean;

/// What a command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// To run a command: the arguments for the flags' parser.
    Run(Vec<String>),
    /// To explain the command of this path; the program itself where it is empty.
    Help(Vec<String>),
    /// To say the version.
    Version,
    /// Nothing: no command was named after this path.
    Incomplete(Vec<String>),
    /// A command that there is not: the path before it, and the word.
    Unknown(Vec<String>, String),
    /// Something that can't be read: why.
    Unreadable(String),
}

/// Reads a command line, the program's name first. `environment` gives variables by name,
/// without the prefix `TF_` or `TRUEUP_`.
pub fn read(
    typed: &[String],
    root: &Command,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Line {
    let program = typed.first().cloned().unwrap_or_default();
    let typed = typed.get(1..).unwrap_or_default();
    let helps = typed
        .iter()
        .take_while(|word| *word != "--")
        .any(|word| matches!(word.as_str(), "-h" | "-help" | "--help"));
    let mut rest = typed;
    let mut words = vec![program];
    while let Some((word, after)) = rest.split_first() {
        if !word.starts_with('-') || word.len() < 2 {
            break;
        }
        if matches!(word.as_str(), "-v" | "-version" | "--version") {
            return Line::Version;
        }
        let (flag, taken) = flag(word, after.first(), root);
        words.extend(flag);
        rest = &after[taken..];
    }
    let mut path = Vec::new();
    let mut command = root;
    while command.has_subcommands() {
        let Some((word, after)) = rest.split_first() else {
            break;
        };
        let Some(found) = command.find_subcommand(word) else {
            // A command that takes arguments beside its commands is given one.
            let takes_any = command.get_positionals().next().is_some();
            if word.starts_with('-') || takes_any {
                break;
            }
            return match helps {
                true => Line::Help(path),
                false => Line::Unknown(path, word.clone()),
            };
        };
        path.push(found.get_name().to_owned());
        words.push(found.get_name().to_owned());
        command = found;
        rest = after;
    }
    if helps {
        return Line::Help(path);
    }
    if command.is_subcommand_required_set() {
        return Line::Incomplete(path);
    }
    let mut flags = Vec::new();
    let own = format!("CLI_ARGS_{}", path.join("_").replace('-', "_"));
    for name in [own.as_str(), "CLI_ARGS"] {
        let Some(text) = environment(name).filter(|text| !text.is_empty()) else {
            continue;
        };
        match split(&text) {
            Some(more) => flags.extend(more),
            None => {
                return Line::Unreadable(format!(
                    "the arguments in the environment variable TF_{name} can't be read: a quote is not closed"
                ));
            }
        }
    }
    flags.extend(rest.iter().cloned());
    // What is ours alone takes flags on both sides of what it is about.
    let anywhere = path.first().is_some_and(|first| first == "drift");
    words.extend(arguments(&flags, command, anywhere));
    Line::Run(words)
}

/// The arguments of a command in the parser's form. Flags end at the first argument that is none, unless they may
/// stand anywhere.
fn arguments(typed: &[String], command: &Command, anywhere: bool) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = typed;
    let mut others = Vec::new();
    while let Some((word, after)) = rest.split_first() {
        if word == "--" {
            rest = after;
            break;
        }
        if !word.starts_with('-') || word.len() < 2 {
            if !anywhere {
                break;
            }
            others.push(word.clone());
            rest = after;
            continue;
        }
        let (flag, taken) = flag(word, after.first(), command);
        words.extend(flag);
        rest = &after[taken..];
    }
    others.extend(rest.iter().cloned());
    if !others.is_empty() {
        words.push("--".to_owned());
        words.extend(others);
    }
    words
}

/// One flag in the parser's form, and how many of the words after it belong to it.
fn flag(word: &str, next: Option<&String>, command: &Command) -> (Vec<String>, usize) {
    let bare = word.trim_start_matches('-');
    let (name, value) = match bare.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (bare, None),
    };
    let Some(known) = command
        .get_arguments()
        .find(|arg| arg.get_long() == Some(name))
    else {
        return (vec![format!("--{bare}")], 0);
    };
    if matches!(known.get_action(), ArgAction::SetTrue) {
        return match value.map(boolean) {
            None | Some(Ok(true)) => (vec![format!("--{name}")], 0),
            Some(Ok(false)) => (Vec::new(), 0),
            Some(Err(_)) => (vec![format!("--{bare}")], 0),
        };
    }
    match (value, next) {
        (Some(value), _) => (vec![format!("--{name}={value}")], 0),
        (None, _) if known.is_require_equals_set() => (vec![format!("--{name}")], 0),
        (None, Some(next)) => (vec![format!("--{name}={next}")], 1),
        (None, None) => (vec![format!("--{name}")], 0),
    }
}

/// The options of a line in the parser's form that give values to variables. The flags' parser keeps each of the two
/// kinds apart, but of files and assignments the later wins.
pub fn given(words: &[String]) -> Vec<Given> {
    let flags = words.iter().take_while(|word| *word != "--");
    flags
        .filter_map(|word| match word.split_once('=')? {
            ("--var", text) => Some(Given::Assignment(text.to_owned())),
            ("--var-file", path) => Some(Given::File(path.to_owned())),
            _ => None,
        })
        .collect()
}

/// Splits a text into words as a shell does: at white space, with quotes and backslashes. `None` where a quote
/// stays open.
fn split(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some('\''), '\'') | (Some('"'), '"') => quote = None,
            (Some('\''), _) => word.get_or_insert_default().push(letter),
            (_, '\\') => word.get_or_insert_default().push(letters.next()?),
            (Some(_), _) => word.get_or_insert_default().push(letter),
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, _) if letter.is_whitespace() => words.extend(word.take()),
            (None, _) => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::args::Cli;

    fn line(typed: &str, environment: &[(&str, &str)]) -> Line {
        let typed: Vec<String> = split(&format!("trueup {typed}")).expect("quotes are closed");
        let environment = |name: &str| {
            let found = environment.iter().find(|(known, _)| *known == name)?;
            Some(found.1.to_owned())
        };
        read(&typed, &Cli::command(), &environment)
    }

    fn run(words: &[&str]) -> Line {
        Line::Run(words.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn one_dash_and_two_are_the_same() {
        for typed in ["-chdir=x plan -out p", "--chdir x plan --out=p"] {
            assert_eq!(
                line(typed, &[]),
                run(&["trueup", "--chdir=x", "plan", "--out=p"])
            );
        }
    }

    #[test]
    fn booleans_take_a_value_by_equals_only() {
        assert_eq!(
            line(
                "apply -auto-approve=true -no-color=false -lock=false p",
                &[]
            ),
            run(&[
                "trueup",
                "apply",
                "--auto-approve",
                "--lock=false",
                "--",
                "p"
            ])
        );
    }

    #[test]
    fn flags_end_at_the_first_argument() {
        assert_eq!(
            line("state mv a.b -dry-run", &[]),
            run(&["trueup", "state", "mv", "--", "a.b", "-dry-run"])
        );
    }

    #[test]
    fn the_environment_adds_arguments_after_the_command() {
        let environment = [
            ("CLI_ARGS", "-no-color"),
            ("CLI_ARGS_state_rm", "-backup='a b'"),
            ("CLI_ARGS_plan", "-out=x"),
        ];
        assert_eq!(
            line("state rm a.b", &environment),
            run(&[
                "trueup",
                "state",
                "rm",
                "--backup=a b",
                "--no-color",
                "--",
                "a.b"
            ])
        );
        let open = [("CLI_ARGS", "'x")];
        assert!(matches!(line("plan", &open), Line::Unreadable(_)));
    }

    #[test]
    fn values_of_variables_keep_their_order_wherever_they_are_given() {
        let environment = [
            ("CLI_ARGS", "-var-file=e"),
            ("CLI_ARGS_plan", "-var 'p=x y'"),
        ];
        let Line::Run(words) = line(
            "plan -var=a=1 -var-file f --var b=2 -out -var=c=3",
            &environment,
        ) else {
            panic!("the line runs a command");
        };
        let assigned = |text: &str| Given::Assignment(text.to_owned());
        let file = |path: &str| Given::File(path.to_owned());
        assert_eq!(
            given(&words),
            [
                assigned("p=x y"),
                file("e"),
                assigned("a=1"),
                file("f"),
                assigned("b=2")
            ]
        );
        let Line::Run(words) = line("state rm a.b -var=c=3", &[]) else {
            panic!("the line runs a command");
        };
        assert_eq!(given(&words), []);
    }

    #[test]
    fn commands_that_there_are_not_are_told_by_name() {
        let unknown = |path: &[&str], word: &str| {
            Line::Unknown(path.iter().map(ToString::to_string).collect(), word.into())
        };
        assert_eq!(line("plann", &[]), unknown(&[], "plann"));
        assert_eq!(line("state lst", &[]), unknown(&["state"], "lst"));
        assert_eq!(
            line("drift a -json b", &[]),
            run(&["trueup", "drift", "--json", "--", "a", "b"])
        );
        assert_eq!(
            line("drift ignore a.b -reason=x", &[]),
            run(&["trueup", "drift", "ignore", "--reason=x", "--", "a.b"])
        );
        assert_eq!(line("state", &[]), Line::Incomplete(vec!["state".into()]));
        assert_eq!(line("plan -h", &[]), Line::Help(vec!["plan".into()]));
        assert_eq!(line("-version", &[]), Line::Version);
    }
}
