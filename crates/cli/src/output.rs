//! The only place that writes to standard output and standard error.

use std::io::{IsTerminal, Write};
use std::os::fd::{AsFd, BorrowedFd};

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

/// How text on standard output looks: coloured and as wide as the terminal it goes to, unless the user wants no
/// colour.
pub fn style(no_color: bool) -> Style {
    styled(no_color, std::io::stdout().as_fd())
}

/// How text on standard error looks.
pub fn style_of_errors(no_color: bool) -> Style {
    styled(no_color, std::io::stderr().as_fd())
}

fn styled(no_color: bool, to: BorrowedFd<'_>) -> Style {
    let refused = no_color || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    Style {
        color: !refused && to.is_terminal(),
        columns: terminal::columns(to),
    }
}

/// Whether somebody sits at the keyboard.
pub fn interactive() -> bool {
    std::io::stdin().is_terminal()
}
