//! Completion for fish.

use super::{about, key, keys, quoted};
use crate::args::pages::Page;

const BEGIN: &str = r#"# Completion of trueup for fish: put this file as trueup.fish into ~/.config/fish/completions.
function __trueup_at
    set -l at ''
    for word in (commandline -opc)[2..-1]
        if contains -- "$at $word" KEYS
            set at "$at $word"
        end
    end
    test "$at" = "$argv[1]"
end
complete -c trueup -f
"#;

/// The script.
pub(super) fn script(pages: &[Page]) -> String {
    let quote = |text: &str| quoted(&text.replace('\\', "\\\\"), "\\'");
    let known: Vec<String> = keys(pages).iter().map(|key| quote(key)).collect();
    let mut out = BEGIN.replace("KEYS", &known.join(" "));
    for page in pages {
        let at = quote(&format!("__trueup_at {}", quote(&key(page))));
        for name in &page.commands {
            let about = quote(about(pages, page, name));
            out.push_str(&format!(
                "complete -c trueup -n {at} -a {name} -d {about}\n"
            ));
        }
        if page.commands.is_empty() {
            out.push_str(&format!("complete -c trueup -n {at} -F\n"));
        }
        for flag in &page.flags {
            let value = match (&flag.value, flag.values.is_empty()) {
                (None, _) => String::new(),
                (Some(_), true) => " -r".to_owned(),
                (Some(_), false) => format!(" -x -a {}", quote(&flag.values.join(" "))),
            };
            out.push_str(&format!(
                "complete -c trueup -n {at} -o {}{value} -d {}\n",
                flag.name,
                quote(&flag.help)
            ));
        }
    }
    out
}
