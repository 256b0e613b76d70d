//! `console`: expressions tried out, line by line from a pipe or with a person at the keyboard.

use std::io::BufRead;
use std::sync::Arc;

use trueup_backend::Operation;
use trueup_operations::console::{Answer, Console};
use trueup_operations::{PlanOptions, Project, inputs};
use trueup_state::State;

use super::{Place, by_hand, planning, without_arguments};
use crate::exit::{Ended, Exit, Told};
use crate::observer::Shown;
use crate::report::Report;
use crate::views::human;
use crate::{args, output};

/// What `help` says.
const HELP: &str = "The console evaluates expressions of the language. Names mean what they mean in\nthe root module: resources are those of the state, if there is one. For example,\n\"aws_dynamodb_table.orders.arn\" is the ARN of the table \"orders\", if it exists\nin your state.\n\nType an expression and hit <enter> to see its value. Brackets that are open are\ncontinued on the next line.\n\nTo exit the console, type \"exit\" and hit <enter>, or use Control-C or\nControl-D.";

/// Runs the command.
pub async fn run(at: Place, flags: args::Console) -> Ended {
    without_arguments(&flags.extra)?;
    let opened = by_hand::open(&at, flags.no_color, &flags.files).await?;
    let report = &opened.report;
    let world = &opened.setup.world;
    let (mut project, found) = Project::read(world, false);
    report.pass(&found, &project.sources)?;
    let (values, found) = inputs::collect(world, &mut project);
    report.pass(&found, &project.sources)?;
    let workspace = opened.storage.workspace.clone();
    if !flags.plan {
        let by_hand = opened.lock(Operation::Other, &flags.lock).await?;
        let none = State::new("");
        let state = by_hand.state().unwrap_or(&none);
        let console = Console::new(world, &project, &workspace, &values, state, None);
        let talked = talk(console, report);
        opened.close(by_hand).await?;
        return talked;
    }
    let options = planning::options_of_run(
        &opened.setup,
        Operation::Other,
        &flags.lock,
        flags.parallelism,
    );
    // What the plan has to tell while it is made is not what was asked for.
    let observer = Arc::new(Shown::quiet(report.clone()));
    let read = (project.clone(), values.clone());
    let begun = planning::begin_in(
        &opened.setup,
        opened.storage,
        read,
        options,
        observer,
        report,
    );
    let mut run = begun.await?;
    let (plan, diagnostics) = run.plan(PlanOptions::normal()).await;
    let talked = report.pass(&diagnostics, &project.sources).and_then(|()| {
        let state = run.state();
        let console = Console::new(world, &project, &workspace, &values, state, Some(&plan));
        talk(console, report)
    });
    match planning::end(run, report).await {
        true => Err(Told),
        false => talked,
    }
}

/// Reads and answers lines until there are no more.
fn talk(console: Console, report: &Report) -> Ended {
    if output::interactive() {
        converse(console, report);
        Ok(Exit::Done)
    } else {
        listen(console, report)
    }
}

/// One line or, with a person, one expression; the answer as it is printed.
fn answer(console: &mut Console, text: &str, report: &Report) -> Option<String> {
    match text.trim() {
        "" => Some(String::new()),
        "help" => Some(HELP.to_owned()),
        text => match console.evaluate(text) {
            Ok(Answer::Value(value)) => Some(human::format_value(&value, 0)),
            Ok(Answer::Type(ty)) => Some(human::format_type(&ty)),
            Err((diagnostics, sources)) => {
                report.diagnostics(&diagnostics, &sources);
                None
            }
        },
    }
}

/// A pipe: each line is an expression, the value of the last one is printed, an error ends it.
fn listen(mut console: Console, report: &Report) -> Ended {
    let mut last = String::new();
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        if line.trim() == "exit" {
            return Ok(Exit::Done);
        }
        match answer(&mut console, &line, report) {
            Some(text) => last = text,
            None => return Err(Told),
        }
    }
    output::line(&last);
    Ok(Exit::Done)
}

/// A person: each expression is answered, and goes on over lines until its brackets are closed.
fn converse(mut console: Console, report: &Report) {
    let mut typed = String::new();
    output::text("> ");
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        if typed.is_empty() && line.trim() == "exit" {
            return;
        }
        typed.push_str(&line);
        let open = open_brackets(&typed);
        if open > 0 {
            typed.push('\n');
            output::text(&format!("{} ", ".".repeat(open)));
            continue;
        }
        if let Some(text) = answer(&mut console, &typed, report) {
            output::line(&text);
        }
        typed.clear();
        output::text("> ");
    }
    output::line("");
}

/// How many brackets are open at the end of a text: those inside texts and comments don't count.
fn open_brackets(text: &str) -> usize {
    let mut open: usize = 0;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '(' | '[' | '{' => open += 1,
            ')' | ']' | '}' => open = open.saturating_sub(1),
            '"' => {
                while let Some(letter) = letters.next() {
                    match letter {
                        '\\' => {
                            letters.next();
                        }
                        '"' | '\n' => break,
                        _ => {}
                    }
                }
            }
            '#' => while letters.next_if(|letter| *letter != '\n').is_some() {},
            '/' if letters.peek() == Some(&'/') => {
                while letters.next_if(|letter| *letter != '\n').is_some() {}
            }
            _ => {}
        }
    }
    open
}

#[cfg(test)]
mod tests {
    use super::open_brackets;

    #[test]
    fn brackets_in_texts_and_comments_are_not_open() {
        for (text, open) in [
            ("1 + 1", 0),
            ("[1,", 1),
            ("{ a = [(", 3),
            ("\"(\" # {", 0),
            ("\"\\\"(\"", 0),
            ("f(1)]", 0),
            ("[ // (\n", 1),
        ] {
            assert_eq!(open_brackets(text), open, "{text:?}");
        }
    }
}
