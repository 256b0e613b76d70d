//! Completions of the command line for the shells: commands, their flags in the one-dash form, and values where they
//! are few. Everything else is left to the shell's own completion of files.

mod bash;
mod fish;
mod powershell;
mod zsh;

use crate::args::pages::Page;

/// The shells that there are completions for.
pub const SHELLS: [&str; 4] = ["bash", "zsh", "fish", "powershell"];

/// The script of a shell; `None` for a shell that is not in [`SHELLS`].
pub fn script(shell: &str, pages: &[Page]) -> Option<String> {
    match shell {
        "bash" => Some(bash::script(pages)),
        "zsh" => Some(zsh::script(pages)),
        "fish" => Some(fish::script(pages)),
        "powershell" => Some(powershell::script(pages)),
        _ => None,
    }
}

/// The words of a page, one space before each: the key under which scripts keep it.
fn key(page: &Page) -> String {
    page.path.iter().map(|word| format!(" {word}")).collect()
}

/// The keys of all commands below the program.
fn keys(pages: &[Page]) -> Vec<String> {
    let below = pages.iter().filter(|page| !page.path.is_empty());
    below.map(key).collect()
}

/// What the command of a page is about, as it is told of it in the page above.
fn about<'a>(pages: &'a [Page], above: &Page, name: &str) -> &'a str {
    let found = pages.iter().find(|page| {
        page.path
            .split_last()
            .is_some_and(|(last, rest)| last == name && rest == above.path)
    });
    found.map(|page| page.about.as_str()).unwrap_or_default()
}

/// A text between single quotes of a shell in which a quote within is written this way.
fn quoted(text: &str, quote: &str) -> String {
    format!("'{}'", text.replace('\'', quote))
}
