//! Questions to a person.

use std::io::BufRead;

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
        report.refuse(
            Diagnostic::error("Error asking for approval", "Nobody answered.").hint(without),
        )
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

fn answer() -> Option<String> {
    let mut answer = String::new();
    match std::io::stdin().lock().read_line(&mut answer) {
        Ok(1..) => Some(answer.trim_end().to_string()),
        _ => None,
    }
}
