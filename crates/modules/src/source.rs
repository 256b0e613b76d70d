//! Source addresses of modules: a relative path, a module of a registry, or a package at a URL.

use std::fmt;

use crate::shorthand::{detect, forced_getter};

/// The registry that is asked where a source names none.
const DEFAULT_REGISTRY: &str = "registry.terraform.io";

/// Where a module comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// A folder relative to the calling module, `./` or `../` first.
    Local(String),
    /// A module of a registry.
    Registry(RegistrySource),
    /// A package at a URL.
    Remote(RemoteSource),
}

/// A module of a registry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RegistrySource {
    /// The registry, with its port where one is given.
    pub host: String,
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The system that it is for.
    pub provider: String,
    /// The folder of the module in the package; may be empty.
    pub subdir: String,
}

/// A package at a URL.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RemoteSource {
    /// How it is fetched, where that is said or follows from the address: `git`, `s3`.
    pub getter: Option<String>,
    /// The URL, with its query, without the folder in the package.
    pub url: String,
    /// The folder of the module in the package; may be empty.
    pub subdir: String,
}

/// Why a text is no source address, in words without a full stop.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SourceError {
    /// It may have been meant as a relative path.
    #[error("{0}")]
    MaybeRelative(String),
    /// Anything else.
    #[error("{0}")]
    Invalid(String),
}

impl Source {
    /// Reads a source address. One that stands beside a version is a registry's.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str, versioned: bool) -> Result<Self, SourceError> {
        if versioned {
            return match is_local(text) {
                true => Err(SourceError::Invalid(
                    "can't use a relative local path with a version".into(),
                )),
                false => registry(text)
                    .map(Self::Registry)
                    .map_err(SourceError::Invalid),
            };
        }
        if is_local(text) {
            return local(text);
        }
        match registry(text) {
            Ok(found) => Ok(Self::Registry(found)),
            Err(_) => remote(text).map(Self::Remote),
        }
    }

    /// The package that is fetched, without the folder in it: what messages on downloads name.
    pub fn package(&self) -> String {
        match self {
            Self::Local(path) => path.clone(),
            Self::Registry(registry) => registry.package(),
            Self::Remote(remote) => remote.package(),
        }
    }
}

impl RegistrySource {
    /// The module without the folder in it.
    pub fn package(&self) -> String {
        format!(
            "{}/{}/{}/{}",
            self.host, self.namespace, self.name, self.provider
        )
    }
}

impl RemoteSource {
    /// The package without the folder in it.
    pub fn package(&self) -> String {
        match &self.getter {
            Some(getter) => format!("{getter}::{}", self.url),
            None => self.url.clone(),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(path) => f.write_str(path),
            Self::Registry(registry) => {
                f.write_str(&registry.package())?;
                match registry.subdir.is_empty() {
                    true => Ok(()),
                    false => write!(f, "//{}", registry.subdir),
                }
            }
            Self::Remote(remote) => {
                let package = remote.package();
                if remote.subdir.is_empty() {
                    return f.write_str(&package);
                }
                // The folder stands before the query.
                let (path, query) = match package.find('?') {
                    Some(at) => package.split_at(at),
                    None => (&*package, ""),
                };
                write!(f, "{path}//{}{query}", remote.subdir)
            }
        }
    }
}

fn is_local(text: &str) -> bool {
    trueup_config::is_local_source(text) && text != "." && text != ".."
}

/// As Terraform keeps it: no detours, `./` before what would not begin with a dot and a slash.
fn local(text: &str) -> Result<Source, SourceError> {
    let cleaned = trueup_config::joined(".", text);
    let kept = match cleaned.as_str() {
        path if path.starts_with("../") => path.to_owned(),
        path => format!("./{path}"),
    };
    Ok(Source::Local(if kept == "./." {
        "./".to_owned()
    } else {
        kept
    }))
}

/// Splits the folder in the package off: what follows `//` after the scheme, before the query.
fn split_subdir(text: &str) -> (String, String) {
    let start = text.find("://").map_or(0, |at| at + 3);
    let end = text.find('?').unwrap_or(text.len());
    if end < start {
        return (text.to_owned(), String::new());
    }
    match text[start..end].find("//") {
        None => (text.to_owned(), String::new()),
        Some(at) => {
            let at = start + at;
            let package = format!("{}{}", &text[..at], &text[end..]);
            (package, text[at + 2..end].trim_end_matches('/').to_owned())
        }
    }
}

/// The folder in a package, checked: it must not lead out of it.
fn checked_subdir(subdir: String) -> Result<String, String> {
    let cleaned = match subdir.is_empty() {
        true => return Ok(subdir),
        false => trueup_config::joined(".", &subdir),
    };
    if cleaned == ".." || cleaned.starts_with("../") {
        return Err(format!(
            "subdirectory path {subdir:?} leads outside of the module package"
        ));
    }
    Ok(if cleaned == "." {
        String::new()
    } else {
        cleaned
    })
}

fn registry(text: &str) -> Result<RegistrySource, String> {
    let (package, subdir) = split_subdir(text);
    let subdir = checked_subdir(subdir)?;
    let parts: Vec<&str> = package.split('/').collect();
    let (host, rest) = match parts.as_slice() {
        [_, _, _] => (DEFAULT_REGISTRY, &parts[..]),
        [host, _, _, _] => (*host, &parts[1..]),
        _ => {
            return Err(
                "a module registry source address must have either three or four slash-separated components".into(),
            );
        }
    };
    if ["github.com", "bitbucket.org", "gitlab.com"].contains(&host) {
        return Err(format!(
            "can't use {host:?} as a module registry host, because it's reserved for installing directly from version control repositories"
        ));
    }
    if parts.len() == 4 && !is_host(host) {
        return Err(format!("invalid module registry hostname {host:?}"));
    }
    let name_like = |text: &str| {
        let inner = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let edge = |c: char| c.is_ascii_alphanumeric();
        !text.is_empty()
            && text.len() <= 64
            && text.chars().all(inner)
            && text.starts_with(edge)
            && text.ends_with(edge)
    };
    let [namespace, name, provider] = rest else {
        return Err("three components are needed".into());
    };
    for (what, part) in [("namespace", namespace), ("module name", name)] {
        if !name_like(part) {
            return Err(format!(
                "invalid {what} {part:?}: must be between one and 64 characters, including ASCII letters, digits, dashes, and underscores, where dashes and underscores may not be the prefix or suffix"
            ));
        }
    }
    let is_system = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if provider.is_empty() || provider.len() > 64 || !provider.chars().all(is_system) {
        return Err(format!(
            "invalid target system {provider:?}: must be between one and 64 ASCII letters or digits"
        ));
    }
    Ok(RegistrySource {
        host: host.to_ascii_lowercase(),
        namespace: (*namespace).to_owned(),
        name: (*name).to_owned(),
        provider: (*provider).to_owned(),
        subdir,
    })
}

fn is_host(text: &str) -> bool {
    let (name, port) = text.split_once(':').unwrap_or((text, "443"));
    let label = |label: &str| {
        !label.is_empty()
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    port.parse::<u16>().is_ok()
        && (name.contains('.') || name == "localhost")
        && name.split('.').all(label)
}

fn remote(text: &str) -> Result<RemoteSource, SourceError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(SourceError::Invalid("no source address was given".into()));
    }
    let (package, subdir) = split_subdir(text);
    let subdir = checked_subdir(subdir).map_err(SourceError::Invalid)?;
    let (forced, address) = forced_getter(&package);
    let (detected, url) = detect(address)?;
    let getter = forced.map(str::to_owned).or(detected);
    // What was detected may have a folder of its own.
    let (url, inner) = split_subdir(&url);
    let subdir = match (inner.is_empty(), subdir.is_empty()) {
        (true, _) => subdir,
        (false, true) => inner,
        (false, false) => format!("{inner}/{subdir}"),
    };
    Ok(RemoteSource {
        getter,
        url,
        subdir,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_kept_in_full() {
        for (text, wanted) in [
            ("./m", "./m"),
            ("../", "./.."),
            ("../x/./y", "../x/y"),
            ("./a/../b/", "./b"),
            ("acme/orders/aws", "registry.terraform.io/acme/orders/aws"),
            (
                "acme/orders/aws//sub/x",
                "registry.terraform.io/acme/orders/aws//sub/x",
            ),
            (
                "reg.example:8443/acme/orders/aws",
                "reg.example:8443/acme/orders/aws",
            ),
            (
                "github.com/acme/orders",
                "git::https://github.com/acme/orders.git",
            ),
            (
                "github.com/acme/orders//sub?ref=v1",
                "git::https://github.com/acme/orders.git//sub?ref=v1",
            ),
            (
                "github.com/acme/orders.git?ref=v1",
                "git::https://github.com/acme/orders.git?ref=v1",
            ),
            (
                "bitbucket.org/acme/orders",
                "git::https://bitbucket.org/acme/orders.git",
            ),
            (
                "git@github.com:acme/orders.git//sub",
                "git::ssh://git@github.com/acme/orders.git//sub",
            ),
            (
                "git::https://x.example/r.git//s?ref=v1&depth=1",
                "git::https://x.example/r.git//s?ref=v1&depth=1",
            ),
            (
                "https://x.example/m.zip//sub?archive=zip",
                "https://x.example/m.zip//sub?archive=zip",
            ),
            ("/srv/m//sub", "file:///srv/m//sub"),
            (
                "s3::https://s3.amazonaws.com/b/k.zip",
                "s3::https://s3.amazonaws.com/b/k.zip",
            ),
            (
                "b.s3.amazonaws.com/k.zip",
                "s3::https://b.s3.amazonaws.com/k.zip",
            ),
        ] {
            let source = Source::parse(text, false).expect(text);
            assert_eq!(source.to_string(), wanted, "{text}");
        }
    }

    #[test]
    fn what_leads_nowhere_is_refused() {
        for text in [
            "m",
            "",
            "a/b",
            "github.com/acme",
            "a//../../b",
            "acme/orders/aws//../..",
        ] {
            assert!(Source::parse(text, false).is_err(), "{text:?}");
        }
        for text in [
            "./m",
            "github.com/acme/orders",
            "https://x.example/m.zip",
            "a/b/C",
        ] {
            assert!(
                Source::parse(text, true).is_err(),
                "{text:?} with a version"
            );
        }
        assert_eq!(
            Source::parse("m", false),
            Err(SourceError::MaybeRelative("m".into()))
        );
    }
}
