//! What the program says of itself: the page of all commands, manual pages, completions.

use std::path::Path;

use clap::CommandFactory;

use super::bodies::golden;
use crate::args::Cli;
use crate::args::pages::{Page, pages};
use crate::views::completions::{SHELLS, script};
use crate::views::manual::{markdown, roff};

fn all() -> Vec<Page> {
    pages(&Cli::command())
}

#[test]
fn the_page_of_commands_is_what_the_program_says() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/commands.md");
    let told = golden(&page, &markdown::text(&all()));
    told.expect("docs/commands.md is up to date; UPDATE_GOLDENS=1 writes it anew");
}

#[test]
fn every_command_and_every_flag_says_what_it_does() {
    for page in all() {
        let name = page.path.join(" ");
        assert!(!page.about.is_empty() || page.path.is_empty(), "{name}");
        for flag in &page.flags {
            assert!(!flag.help.is_empty(), "{name} -{}", flag.name);
        }
    }
}

#[test]
fn manual_pages_hold_no_orders_but_their_own() {
    let all = all();
    for page in &all {
        let text = roff::text(page, &all);
        assert!(text.is_ascii(), "{}", roff::file_name(page));
        for line in text.lines().filter(|line| line.starts_with(['.', '\''])) {
            let order = line.split(' ').next().unwrap_or_default();
            let known = [".TH", ".SH", ".B", ".BR", ".TP"];
            assert!(known.contains(&order), "{}: {line}", roff::file_name(page));
        }
    }
}

#[test]
fn completions_name_every_command() {
    for shell in SHELLS {
        let script = script(shell, &all()).expect("the shell is known");
        for page in all() {
            let key: String = page.path.iter().map(|word| format!(" {word}")).collect();
            assert!(script.contains(&format!("'{key}'")), "{shell}: {key}");
        }
    }
    assert_eq!(script("csh", &all()), None);
}
