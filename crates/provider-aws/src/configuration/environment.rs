//! The environment variables that stand in for arguments of the provider block.
//!
//! Those that the SDK reads itself (keys, profile, region, shared files, service endpoints) are not
//! looked at here.

use std::collections::BTreeMap;

/// A copy of the environment, handed in by the program: nothing below reads the process's own.
#[derive(Clone, Debug, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// These variables.
    pub fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(variables.into_iter().collect())
    }

    /// A variable that is set and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// The first of these variables that is set and not empty.
    pub(crate) fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.get(name))
    }

    /// A variable that says yes.
    pub(crate) fn says_yes(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
    }

    /// The parts of a comma-separated list, without spaces around them.
    pub(crate) fn list(&self, name: &str) -> impl Iterator<Item = String> {
        self.get(name)
            .unwrap_or_default()
            .split(',')
            .map(|part| part.trim().to_owned())
            .filter(|part| !part.is_empty())
    }

    /// The variables whose names begin so, by the rest of their names.
    pub(crate) fn named_after<'a>(
        &'a self,
        beginning: &'a str,
    ) -> impl Iterator<Item = (String, String)> + 'a {
        self.0.iter().filter_map(move |(name, value)| {
            let rest = name.strip_prefix(beginning)?;
            (!rest.is_empty()).then(|| (rest.to_owned(), value.clone()))
        })
    }

    /// A path with `~` in front meaning the home folder, where that is known.
    pub(crate) fn path(&self, path: &str) -> String {
        match (path.strip_prefix('~'), self.get("HOME")) {
            (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
                format!("{home}{rest}")
            }
            _ => path.to_owned(),
        }
    }
}
