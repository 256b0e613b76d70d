//! Completion for zsh.

use super::{about, key, keys, quoted};
use crate::args::pages::Page;

const BEGIN: &str = r#"#compdef trueup
# Completion of trueup for zsh: put this file as _trueup into a folder of $fpath.
_trueup() {
  local at='' word
  local -a commands flags values
  for word in "${(@)words[2,CURRENT-1]}"; do
    case "$at $word" in
      (KEYS) at="$at $word" ;;
    esac
  done
  if [[ $PREFIX == -*=* ]]; then
    case "$at:${PREFIX%%\=*}" in
"#;

const MIDDLE: &str = r#"    esac
    compset -P '*='
    if (( $#values )); then
      _describe value values
    else
      _files
    fi
    return
  fi
  case "$at" in
"#;

const END: &str = r#"  esac
  if [[ $PREFIX == -* ]]; then
    _describe -o flag flags -S ''
  elif (( $#commands )); then
    _describe command commands
  else
    _files
  fi
}
if [[ $funcstack[1] == _trueup ]]; then
  _trueup "$@"
else
  compdef _trueup trueup
fi
"#;

/// The script.
pub(super) fn script(pages: &[Page]) -> String {
    let quote = |text: &str| quoted(text, "'\\''");
    // A colon divides a word from what is told of it.
    let told = |word: &str, text: &str| quote(&format!("{}:{text}", word.replace(':', "\\:")));
    let known: Vec<String> = keys(pages).iter().map(|key| quote(key)).collect();
    let mut out = BEGIN.replace("KEYS", &known.join("|"));
    for page in pages {
        for flag in page.flags.iter().filter(|flag| flag.value.is_some()) {
            if !flag.values.is_empty() {
                let at = quote(&format!("{}:-{}", key(page), flag.name));
                out.push_str(&format!(
                    "      ({at}) values=({}) ;;\n",
                    flag.values.join(" ")
                ));
            }
        }
    }
    out.push_str(MIDDLE);
    for page in pages {
        let commands: Vec<String> = page
            .commands
            .iter()
            .map(|name| told(name, about(pages, page, name)))
            .collect();
        let flags: Vec<String> = page
            .flags
            .iter()
            .map(|flag| {
                let equals = if flag.value.is_some() { "=" } else { "" };
                told(&format!("-{}{equals}", flag.name), &flag.help)
            })
            .collect();
        out.push_str(&format!(
            "    ({})\n      commands=({})\n      flags=({})\n      ;;\n",
            quote(&key(page)),
            commands.join(" "),
            flags.join(" ")
        ));
    }
    out + END
}
