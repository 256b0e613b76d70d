//! Providers by their registry address, and provider configurations.

use std::fmt;
use std::sync::Arc;

use crate::Module;

/// A provider by its registry address: `registry.terraform.io/hashicorp/aws`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ProviderAddr {
    /// The registry's host name; `terraform.io` for builtin providers.
    pub host: Arc<str>,
    /// The namespace, such as `hashicorp` or `builtin`.
    pub namespace: Arc<str>,
    /// The provider's type, such as `aws`.
    pub name: Arc<str>,
}

impl ProviderAddr {
    /// The registry used where a source names none.
    pub const DEFAULT_HOST: &'static str = "registry.terraform.io";

    /// The provider `hashicorp/NAME` of the default registry: what a name stands for when nothing is declared.
    pub fn implied(name: &str) -> Self {
        if name == "terraform" {
            return Self::builtin(name);
        }
        Self {
            host: Self::DEFAULT_HOST.into(),
            namespace: "hashicorp".into(),
            name: name.into(),
        }
    }

    /// The builtin provider `terraform.io/builtin/NAME`.
    pub fn builtin(name: &str) -> Self {
        Self {
            host: "terraform.io".into(),
            namespace: "builtin".into(),
            name: name.into(),
        }
    }

    /// Reads a source text of one to three parts: `aws`, `hashicorp/aws`, `host/hashicorp/aws`.
    /// Answers `None` where a part is empty or no name, or there are more than three.
    pub fn parse_source(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('/').collect();
        // The host comes first, and only where there are three.
        let host = parts.len().checked_sub(3);
        let fits = |(at, part): (usize, &&str)| {
            let more: &[char] = if host == Some(at) {
                &['.', '-', ':']
            } else {
                &['-', '_']
            };
            !part.is_empty()
                && part
                    .chars()
                    .all(|c| c.is_alphanumeric() || more.contains(&c))
        };
        if !parts.iter().enumerate().all(fits) {
            return None;
        }
        let lower = |part: &str| -> Arc<str> { part.to_lowercase().into() };
        match parts[..] {
            [name] => Some(Self {
                host: Self::DEFAULT_HOST.into(),
                namespace: "hashicorp".into(),
                name: lower(name),
            }),
            [namespace, name] => Some(Self {
                host: Self::DEFAULT_HOST.into(),
                namespace: lower(namespace),
                name: lower(name),
            }),
            [host, namespace, name] => Some(Self {
                host: lower(host),
                namespace: lower(namespace),
                name: lower(name),
            }),
            _ => None,
        }
    }

    /// Whether the two are the same provider, whatever registry host they name
    /// (a state of OpenTofu names `registry.opentofu.org`). In states from before Terraform 0.13 the namespace
    /// is `-`: nobody had one yet, and all that there were are HashiCorp's today.
    pub fn same_provider(&self, other: &Self) -> bool {
        fn namespace(addr: &ProviderAddr) -> &str {
            match &*addr.namespace {
                "-" => "hashicorp",
                named => named,
            }
        }
        namespace(self) == namespace(other) && self.name == other.name
    }

    /// The short form for people: without the default registry host.
    pub fn short(&self) -> String {
        if &*self.host == Self::DEFAULT_HOST {
            format!("{}/{}", self.namespace, self.name)
        } else {
            self.to_string()
        }
    }
}

impl fmt::Display for ProviderAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.host, self.namespace, self.name)
    }
}

/// One configuration of a provider: `provider["registry.terraform.io/hashicorp/aws"].east`,
/// with `module.m.` before it when a child module holds it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ProviderConfigAddr {
    /// The module that holds the configuration.
    pub module: Module,
    /// The provider.
    pub provider: ProviderAddr,
    /// The alias, unless it is the default configuration.
    pub alias: Option<Arc<str>>,
}

impl ProviderConfigAddr {
    /// The default configuration of `provider` in the root module.
    pub fn default_in_root(provider: ProviderAddr) -> Self {
        Self {
            module: Module::root(),
            provider,
            alias: None,
        }
    }
}

impl fmt::Display for ProviderConfigAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_root() {
            write!(f, "{}.", self.module)?;
        }
        write!(f, "provider[\"{}\"]", self.provider)?;
        match &self.alias {
            Some(alias) => write!(f, ".{alias}"),
            None => Ok(()),
        }
    }
}
