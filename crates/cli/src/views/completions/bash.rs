//! Completion for bash.

use super::{key, keys, quoted};
use crate::args::pages::Page;

/// What comes before the lists: where on the line the cursor is, and whether it is in the value of a flag.
const BEGIN: &str = r#"# Completion of trueup for bash: source this file, or put it where bash-completion looks.
_trueup() {
  local cur="${COMP_WORDS[COMP_CWORD]}" at= words= flag= i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at ${COMP_WORDS[i]}" in
    KEYS) at="$at ${COMP_WORDS[i]}" ;;
    esac
  done
  # What follows an equals sign is the value of a flag.
  if [[ $cur == '=' ]]; then
    flag="${COMP_WORDS[COMP_CWORD - 1]}" cur=
  elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == '=' ]]; then
    flag="${COMP_WORDS[COMP_CWORD - 2]}"
  fi
"#;

const END: &str = r#"  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then
    compopt -o nospace 2>/dev/null
  fi
}
complete -o default -F _trueup trueup
"#;

/// The script.
pub(super) fn script(pages: &[Page]) -> String {
    let quote = |text: &str| quoted(text, "'\\''");
    let known: Vec<String> = keys(pages).iter().map(|key| quote(key)).collect();
    let mut words = String::new();
    let mut values = String::new();
    for page in pages {
        let mut all: Vec<String> = page.commands.clone();
        for flag in &page.flags {
            let equals = if flag.value.is_some() { "=" } else { "" };
            all.push(format!("-{}{equals}", flag.name));
            if flag.value.is_some() && !flag.values.is_empty() {
                let pattern = quote(&format!("{}:-{}", key(page), flag.name));
                let list = quote(&flag.values.join(" "));
                values.push_str(&format!("    {pattern}) words={list} ;;\n"));
            }
        }
        let (at, list) = (quote(&key(page)), quote(&all.join(" ")));
        words.push_str(&format!("    {at}) words={list} ;;\n"));
    }
    let mut out = BEGIN.replace("KEYS", &known.join(" | "));
    out.push_str("  if [[ -n $flag ]]; then\n    case \"$at:$flag\" in\n");
    out.push_str(&values);
    out.push_str("    esac\n  else\n    case \"$at\" in\n");
    out.push_str(&words);
    out.push_str("    esac\n  fi\n");
    out + END
}
