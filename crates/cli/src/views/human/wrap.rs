//! Text broken into lines, and the rule between parts.

use crate::views::{Paint, Style};

/// Breaks the text's lines at spaces so that none is longer than `width`, where a space allows it. Lines
/// that begin with a space are left as they are.
pub fn wrap(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for (n, line) in text.split('\n').enumerate() {
        if n > 0 {
            out.push('\n');
        }
        if line.starts_with(' ') || line.chars().count() <= width {
            out.push_str(line);
            continue;
        }
        let mut column = 0;
        for (n, word) in line.split(' ').enumerate() {
            let length = word.chars().count();
            if n > 0 {
                if column + 1 + length > width {
                    out.push('\n');
                    column = 0;
                } else {
                    out.push(' ');
                    column += 1;
                }
            }
            out.push_str(word);
            column += length;
        }
    }
    out
}

/// A rule across the page, with an empty line before it.
pub fn rule(style: Style) -> String {
    let line = "─".repeat(style.width() - 1);
    format!("\n{}\n", style.paint(Paint::Gray, line))
}
