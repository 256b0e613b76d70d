//! The only place that writes to standard output and standard error.

use std::io::{IsTerminal, Write};

use crate::terminal;
use crate::views::Style;

/// Writes text to standard output as it is. A reader that has gone is no error of ours.
pub fn text(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes a line to standard output.
pub fn line(line: &str) {
    text(&format!("{line}\n"));
}

/// Writes text to standard error as it is.
pub fn error(text: &str) {
    let mut out = std::io::stderr().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes a line to standard error.
pub fn error_line(line: &str) {
    error(&format!("{line}\n"));
}

/// Whether text may be coloured: on a terminal, unless the user says otherwise.
pub fn style(no_color: bool) -> Style {
    let refused = no_color || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    Style {
        color: !refused && std::io::stdout().is_terminal(),
        columns: terminal::columns(),
    }
}

/// Whether somebody sits at the keyboard.
pub fn interactive() -> bool {
    std::io::stdin().is_terminal()
}
