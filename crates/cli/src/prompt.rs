//! Questions to a person.

use std::io::BufRead;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

use trueup_diagnostics::Diagnostic;

use crate::exit::Told;
use crate::output;
use crate::report::Report;

/// Asks for approval: only `yes` counts. `None` where nobody answers.
pub fn approve(question: &str, explanation: &str) -> Option<bool> {
    output::text(&format!("\n{question}\n{explanation}\n\n  Enter a value: "));
    let answer = answer()?;
    output::line("");
    Some(answer == "yes")
}

/// As [`approve`], for what can be done without being asked: `without` says by which option.
///
/// # Errors
/// Nobody answers, which is told.
pub fn approved(
    question: &str,
    explanation: &str,
    without: &str,
    report: &Report,
) -> Result<bool, Told> {
    approve(question, explanation).ok_or_else(|| {
        report
            .refuse(Diagnostic::error("Error asking for approval", why_unanswered()).hint(without))
    })
}

/// Asks a question with an explanation of several lines. `None` where nobody answers.
pub fn ask(question: &str, explanation: &str) -> Option<String> {
    output::text(&format!("{question}\n"));
    for line in explanation.lines() {
        output::text(&format!("  {line}\n"));
    }
    output::text("\n  Enter a value: ");
    let answer = answer()?;
    output::line("");
    Some(answer)
}

/// Asks for the value of a variable.
pub fn variable(name: &str, description: Option<&str>) -> Option<String> {
    output::text(&format!("var.{name}\n"));
    if let Some(description) = description {
        output::text(&format!("  {description}\n"));
    }
    output::text("\n  Enter a value: ");
    let answer = answer()?;
    output::line("");
    Some(answer)
}

/// A line from the person; `None` where there is none.
type Answer = Option<String>;

/// Where the question stands that is being asked.
enum Asking {
    /// Nothing is asked.
    Nothing,
    /// Who waits for the answer.
    Waiting(Sender<Answer>),
    /// The run was asked to stop: no question is answered any more.
    Stopped,
}

static ASKING: Mutex<Asking> = Mutex::new(Asking::Nothing);

/// Takes back the question that is being asked, and all that come after: the run was asked to stop.
pub fn stop() {
    let mut asking = ASKING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Asking::Waiting(answers) = std::mem::replace(&mut *asking, Asking::Stopped) {
        // Who has its answer by now listens no more.
        let _ = answers.send(None);
    }
}

/// Why a question has no answer.
fn why_unanswered() -> &'static str {
    match *ASKING.lock().unwrap_or_else(PoisonError::into_inner) {
        Asking::Stopped => "Interrupted.",
        _ => "Nobody answered.",
    }
}

/// The answer's way from whoever is first: the person, or an interrupt. `None` once the run was asked to stop.
fn expect_answer() -> Option<(Sender<Answer>, Receiver<Answer>)> {
    let mut asking = ASKING.lock().unwrap_or_else(PoisonError::into_inner);
    if matches!(*asking, Asking::Stopped) {
        return None;
    }
    let (sender, receiver) = channel();
    *asking = Asking::Waiting(sender.clone());
    Some((sender, receiver))
}

/// A line from the person. `None` where there is none, and where the run is asked to stop meanwhile: reading cannot be
/// broken off, so a thread of its own reads, which ends with the process if it must.
fn answer() -> Answer {
    let (sender, receiver) = expect_answer()?;
    std::thread::spawn(move || {
        let mut answer = String::new();
        let read = std::io::stdin().lock().read_line(&mut answer);
        // Who was interrupted meanwhile listens no more.
        let _ = sender.send(match read {
            Ok(1..) => Some(answer.trim_end().to_string()),
            _ => None,
        });
    });
    let answer = receiver.recv().ok().flatten();
    let mut asking = ASKING.lock().unwrap_or_else(PoisonError::into_inner);
    if matches!(*asking, Asking::Waiting(_)) {
        *asking = Asking::Nothing;
    }
    answer
}
