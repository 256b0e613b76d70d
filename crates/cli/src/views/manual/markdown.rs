//! All commands on one page.

use super::{ENVIRONMENT, WITHOUT_EFFECT};
use crate::args::pages::Page;

const BEGIN: &str = "# Commands

This page is made of what the program says of itself; a test keeps it true. `trueup COMMAND -help` says the same of one
command, and `trueup man DIR` writes it as manual pages.

Flags begin with one dash or two and come before the other arguments: `-out=FILE`, `-out FILE`, `--out=FILE`. Booleans
take their value behind an equals sign only: `-lock=false`. What is ours and not Terraform's is named in
[compatibility.md](compatibility.md); the JSON that commands write is told in [json.md](json.md).

Plans, progress and the other answers go to standard output, warnings and errors to standard error. Colours are used on
a terminal only, and not with `-no-color` or `NO_COLOR`; text is broken at the terminal's width, or at 78 columns.

";

/// The page.
pub fn text(pages: &[Page]) -> String {
    let mut out = String::from(BEGIN);
    out.push_str("## Environment\n\nEach of these names may begin with `TRUEUP_` in the place of `TF_`; that one comes first.\n\n| variable | effect |\n| --- | --- |\n");
    for (name, text) in ENVIRONMENT {
        out.push_str(&format!("| `{name}` | {} |\n", cell(text)));
    }
    out.push_str("\nThese are passed over:\n\n| variable | why |\n| --- | --- |\n");
    for (name, why) in WITHOUT_EFFECT {
        out.push_str(&format!("| {name} | {} |\n", cell(why)));
    }
    for page in pages {
        let title = match page.path.is_empty() {
            true => "trueup".to_owned(),
            false => page.path.join(" "),
        };
        out.push_str(&format!(
            "\n## {title}\n\n    {}\n\n{}\n",
            page.usage(),
            page.about.trim_end_matches('.').to_owned() + "."
        ));
        if !page.flags.is_empty() {
            out.push_str("\n| flag | effect |\n| --- | --- |\n");
            for flag in &page.flags {
                out.push_str(&format!(
                    "| `{}` | {} |\n",
                    flag.written(),
                    cell(&flag.explained())
                ));
            }
        }
        if !page.is_group {
            let codes: Vec<String> = page
                .exits()
                .iter()
                .map(|(exit, meaning)| format!("{} {meaning}", exit.code()))
                .collect();
            out.push_str(&format!("\nExit code: {}.\n", codes.join("; ")));
        }
    }
    out
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}
