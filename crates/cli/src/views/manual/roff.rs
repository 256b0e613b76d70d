//! Manual pages in the language of `man`.

use super::ENVIRONMENT;
use crate::args::pages::Page;

/// The name of a page's file: `trueup-state-mv.1`.
pub fn file_name(page: &Page) -> String {
    format!("{}.1", name(page))
}

fn name(page: &Page) -> String {
    let words = page.path.iter().map(|word| format!("-{word}"));
    format!("trueup{}", words.collect::<String>())
}

/// The text of a page. `pages` are all of them.
pub fn text(page: &Page, pages: &[Page]) -> String {
    let name = name(page);
    let version = env!("CARGO_PKG_VERSION");
    let about = page.about.trim_end_matches('.');
    let mut out = format!(
        ".TH {} 1 \"\" \"trueup {version}\" \"trueup manual\"\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n.B {}\n.SH DESCRIPTION\n{}\n",
        escaped(&name.to_uppercase()),
        escaped(&name),
        escaped(about),
        escaped(&page.usage()),
        paragraph(&format!("{about}."))
    );
    if !page.commands.is_empty() {
        out.push_str(".SH COMMANDS\n");
        for command in &page.commands {
            let mut path = page.path.clone();
            path.push(command.clone());
            let about = pages.iter().find(|page| page.path == path);
            let about = about.map(|page| page.about.as_str()).unwrap_or_default();
            out.push_str(&entry(command, about));
        }
    }
    if !page.flags.is_empty() {
        out.push_str(".SH OPTIONS\n");
        for flag in &page.flags {
            out.push_str(&entry(&flag.written(), &flag.explained()));
        }
    }
    out.push_str(".SH EXIT STATUS\n");
    for (exit, meaning) in page.exits() {
        out.push_str(&entry(&exit.code().to_string(), meaning));
    }
    if page.path.is_empty() {
        out.push_str(".SH ENVIRONMENT\n");
        for (name, text) in ENVIRONMENT {
            out.push_str(&entry(name, text));
        }
    }
    let near = pages.iter().filter(|other| {
        let above = other.path.split_last().map(|(_, above)| above);
        let below = page.path.split_last().map(|(_, above)| above);
        above == Some(&page.path) || below == Some(&other.path)
    });
    let near: Vec<String> = near
        .map(|page| format!(".BR {} (1)", escaped(&self::name(page))))
        .collect();
    if !near.is_empty() {
        out.push_str(&format!(".SH SEE ALSO\n{}\n", near.join(" ,\n")));
    }
    out
}

fn entry(name: &str, text: &str) -> String {
    format!(".TP\n.B {}\n{}\n", escaped(name), paragraph(text))
}

/// A paragraph: no line of it begins with what would be an order.
fn paragraph(text: &str) -> String {
    let text = escaped(text);
    match text.starts_with(['.', '\'']) {
        true => format!("\\&{text}"),
        false => text,
    }
}

/// A text in which nothing is an order of the language; letters beyond ASCII are written by their numbers.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' => out.push_str("\\e"),
            '-' => out.push_str("\\-"),
            letter if letter.is_ascii() => out.push(letter),
            letter => out.push_str(&format!("\\[u{:04X}]", letter as u32)),
        }
    }
    out
}
