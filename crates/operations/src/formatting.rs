//! `fmt`: files to their canonical form, found in folders or named one by one.

use std::fs;
use std::path::{Component, Path, PathBuf};

use trueup_config::is_ignored_file;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};

/// The files that are formatted, by how their names end.
const ENDINGS: [&str; 6] = [
    ".tf",
    ".tofu",
    ".tfvars",
    ".tftest.hcl",
    ".tofutest.hcl",
    ".tfmock.hcl",
];

/// What is formatted, and what becomes of it.
#[derive(Clone, Copy, Debug)]
pub struct FormatOptions<'a> {
    /// The folder that names are relative to.
    pub root: &'a Path,
    /// Go into the folders below those that are named.
    pub recursive: bool,
    /// Write what changed to its file.
    pub write: bool,
}

/// A file or text that was read without errors.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Formatted {
    /// Its name: a path from the root, or what the caller called a text.
    pub name: String,
    /// As it was.
    pub before: String,
    /// In canonical form.
    pub after: String,
}

impl Formatted {
    /// Whether formatting changes it.
    pub fn changed(&self) -> bool {
        self.before != self.after
    }
}

/// What came of formatting, in the order in which the files were found.
#[derive(Debug, Default)]
pub struct Formatting {
    /// Every file that has a canonical form.
    pub files: Vec<Formatted>,
    /// Syntax errors, and files that could not be read or written.
    pub diagnostics: Diagnostics,
    /// The texts that the diagnostics point into.
    pub sources: Sources,
}

/// Formats one text that is no file.
pub fn format_text(name: &str, bytes: &[u8]) -> Formatting {
    let mut formatting = Formatting::default();
    formatting.text(name.to_string(), bytes);
    formatting
}

/// Formats files and the files of folders. A path that is not there ends the run.
pub fn format_paths(paths: &[String], options: FormatOptions<'_>) -> Formatting {
    let mut formatting = Formatting::default();
    for given in paths {
        let name = relative(options.root, given);
        let path = options.root.join(&name);
        let Ok(metadata) = fs::metadata(&path) else {
            formatting.failed(format!("No file or directory at {name}"));
            break;
        };
        if metadata.is_dir() {
            formatting.folder(&name, options);
        } else if is_formatted(&name) {
            formatting.file(name, options);
        } else {
            let (last, others) = (ENDINGS[ENDINGS.len() - 1], &ENDINGS[..ENDINGS.len() - 1]);
            formatting.failed(format!(
                "Only {} and {last} files can be processed with trueup fmt",
                others.join(", ")
            ));
        }
    }
    formatting
}

fn is_formatted(name: &str) -> bool {
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

impl Formatting {
    fn failed(&mut self, summary: String) {
        self.diagnostics.push(Diagnostic::error(summary, ""));
    }

    fn folder(&mut self, name: &str, options: FormatOptions<'_>) {
        let Ok(entries) = fs::read_dir(options.root.join(name)) else {
            return self.failed(format!("Cannot read directory {name}"));
        };
        let mut found: Vec<(String, bool)> = entries
            .filter_map(Result::ok)
            .map(|entry| {
                // A link to a folder is not gone into.
                let folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                (entry.file_name().to_string_lossy().into_owned(), folder)
            })
            .filter(|(entry, _)| !is_ignored_file(entry))
            .collect();
        found.sort();
        for (entry, folder) in found {
            let path = match name {
                "." => entry.clone(),
                name => format!("{name}/{entry}"),
            };
            if folder {
                if options.recursive {
                    self.folder(&path, options);
                }
            } else if is_formatted(&entry) {
                self.file(path, options);
            }
        }
    }

    fn file(&mut self, name: String, options: FormatOptions<'_>) {
        let path = options.root.join(&name);
        let Ok(bytes) = fs::read(&path) else {
            return self.failed(format!("Failed to read file {name}"));
        };
        if !self.text(name, &bytes) || !options.write {
            return;
        }
        let Some(file) = self.files.last().filter(|file| file.changed()) else {
            return;
        };
        if let Err(error) = fs::write(&path, &file.after) {
            let summary = format!("Failed to write {}", file.name);
            self.diagnostics
                .push(Diagnostic::error(summary, error.to_string()));
        }
    }

    /// Formats a text and keeps the result. Answers whether there is one.
    fn text(&mut self, name: String, bytes: &[u8]) -> bool {
        let (source, body, diagnostics) =
            trueup_parser::parse_file(&mut self.sources, name.as_str(), bytes);
        let failed = diagnostics.has_errors();
        self.diagnostics.extend(diagnostics);
        // Bytes that are not UTF-8 stand in no source as they are; formatting would lose them.
        let Some(before) = std::str::from_utf8(bytes).ok().filter(|_| !failed) else {
            return false;
        };
        let after = trueup_parser::format_body(&body, self.sources.get(source).text());
        self.files.push(Formatted {
            name,
            before: before.to_string(),
            after,
        });
        true
    }
}

/// A path as seen from `root`, without detours.
fn relative(root: &Path, given: &str) -> String {
    let clean = |path: &Path| {
        let mut parts: Vec<Component<'_>> = Vec::new();
        for part in path.components() {
            match (part, parts.last()) {
                (Component::CurDir, _) => {}
                (Component::ParentDir, Some(Component::Normal(_))) => {
                    parts.pop();
                }
                (Component::ParentDir, Some(Component::RootDir)) => {}
                _ => parts.push(part),
            }
        }
        parts.iter().collect::<PathBuf>()
    };
    let given = Path::new(given);
    let path = if given.is_absolute() {
        let (root, given) = match fs::canonicalize(root) {
            Ok(root) => (root, clean(given)),
            Err(_) => return given.to_string_lossy().into_owned(),
        };
        let common = root
            .components()
            .zip(given.components())
            .take_while(|(a, b)| a == b)
            .count();
        let up = root.components().skip(common).map(|_| Component::ParentDir);
        up.chain(given.components().skip(common)).collect()
    } else {
        clean(given)
    };
    match path.to_string_lossy() {
        path if path.is_empty() => ".".to_string(),
        path => path.into_owned(),
    }
}
