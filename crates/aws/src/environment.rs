//! The environment variables that stand in for arguments of a provider or backend block.
//!
//! Those that the SDK reads itself (keys, profile, region, shared files, service endpoints) are not
//! looked at here.

use std::collections::BTreeMap;

use crate::Settings;

/// A copy of the environment, handed in by the program: nothing below reads the process's own.
#[derive(Clone, Debug, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// These variables.
    pub fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(variables.into_iter().collect())
    }

    /// A variable that is set and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// The first of these variables that is set and not empty.
    pub fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.get(name))
    }

    /// A variable that says yes.
    pub fn says_yes(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
    }

    /// The parts of a comma-separated list, without spaces around them.
    pub fn list(&self, name: &str) -> impl Iterator<Item = String> {
        self.get(name)
            .unwrap_or_default()
            .split(',')
            .map(|part| part.trim().to_owned())
            .filter(|part| !part.is_empty())
    }

    /// The variables whose names begin so, by the rest of their names.
    pub fn named_after<'a>(
        &'a self,
        beginning: &'a str,
    ) -> impl Iterator<Item = (String, String)> + 'a {
        self.0.iter().filter_map(move |(name, value)| {
            let rest = name.strip_prefix(beginning)?;
            (!rest.is_empty()).then(|| (rest.to_owned(), value.clone()))
        })
    }

    /// A path with `~` in front meaning the home folder, where that is known.
    pub fn path(&self, path: &str) -> String {
        match (path.strip_prefix('~'), self.get("HOME")) {
            (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
                format!("{home}{rest}")
            }
            _ => path.to_owned(),
        }
    }

    /// The metadata service's address by its old variable, which counts where the SDK's is not set.
    pub fn old_metadata_address(&self) -> Option<&str> {
        match self.get("AWS_EC2_METADATA_SERVICE_ENDPOINT") {
            Some(_) => None,
            None => self.get("AWS_METADATA_URL"),
        }
    }

    /// Proxies are the environment's as long as a block names none; what it leaves open beside one is
    /// still the environment's.
    pub fn complete_proxies(&self, settings: &mut Settings) {
        let outside = |names: [&str; 2]| self.first(&names).map(str::to_owned);
        if settings.http_proxy.is_none()
            && settings.https_proxy.is_none()
            && settings.no_proxy.is_none()
        {
            return;
        }
        let http = outside(["HTTP_PROXY", "http_proxy"]);
        let https = outside(["HTTPS_PROXY", "https_proxy"]);
        settings.https_proxy = settings.https_proxy.take().or(https);
        settings.http_proxy = settings.http_proxy.take().or(http);
        settings.no_proxy = settings
            .no_proxy
            .take()
            .or_else(|| outside(["NO_PROXY", "no_proxy"]));
    }
}
