//! Completion for PowerShell.

use super::{about, key, quoted};
use crate::args::pages::Page;

const BEGIN: &str = r#"# Completion of trueup for PowerShell: run this file in your profile.
Register-ArgumentCompleter -Native -CommandName trueup -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $known = @{
"#;

const END: &str = r#"    }
    $at = ''
    foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
        if ($element.Extent.EndOffset -ge $cursorPosition) { break }
        $longer = "$at $($element.Extent.Text)"
        if ($known.ContainsKey($longer)) { $at = $longer }
    }
    $known[$at] | Where-Object { $_[0] -like "$wordToComplete*" } | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_[0], $_[0], 'ParameterValue', $_[1])
    }
}
"#;

/// The script.
pub(super) fn script(pages: &[Page]) -> String {
    let quote = |text: &str| quoted(text, "''");
    let mut out = String::from(BEGIN);
    for page in pages {
        out.push_str(&format!("        {} = @(\n", quote(&key(page))));
        let commands = page
            .commands
            .iter()
            .map(|name| (name.clone(), about(pages, page, name).to_owned()));
        let flags = page.flags.iter().map(|flag| {
            let equals = if flag.value.is_some() { "=" } else { "" };
            (format!("-{}{equals}", flag.name), flag.help.clone())
        });
        let entries: Vec<String> = commands
            .chain(flags)
            .map(|(word, text)| format!("            ,@({}, {})", quote(&word), quote(&text)))
            .collect();
        out.push_str(&entries.join("\n"));
        out.push_str("\n        )\n");
    }
    out + END
}
