//! The protocol of module registries: where they are, which versions there are, where a package is.

use trueup_config::{Constraints, Version};

use crate::fetch::{self, SMALL, resolve};
use crate::{Error, Fetch, RegistrySource};

/// The service by which modules are found.
const SERVICE: &str = "modules.v1";

fn problem(text: String) -> Error {
    Error::Registry { problem: text }
}

/// The newest version that the constraints allow, and the source of its package.
pub(crate) struct Chosen {
    pub(crate) version: Version,
    pub(crate) base: String,
}

/// Asks a registry for the versions of a module and chooses one.
pub(crate) async fn choose(
    fetch: &dyn Fetch,
    source: &RegistrySource,
    constraints: Option<&Constraints>,
) -> Result<Chosen, Error> {
    let base = discover(fetch, &source.host).await?;
    let url = format!(
        "{base}{}/{}/{}/versions",
        source.namespace, source.name, source.provider
    );
    let answer = json(fetch, &source.host, &url, &source.package()).await?;
    let modules = answer.get("modules").and_then(|modules| modules.as_array());
    let listed = modules
        .and_then(|modules| modules.first())
        .and_then(|module| module.get("versions"))
        .and_then(|versions| versions.as_array());
    let mut versions: Vec<Version> = listed
        .into_iter()
        .flatten()
        .filter_map(|entry| Version::parse(entry.get("version")?.as_str()?))
        .collect();
    versions.sort();
    let allowed = |version: &&Version| match constraints {
        Some(constraints) => constraints.allow(version),
        // A pre-release comes only where it is asked for by name.
        None => !version.is_prerelease(),
    };
    match versions.iter().rev().find(allowed) {
        Some(version) => Ok(Chosen {
            version: version.clone(),
            base,
        }),
        None => Err(Error::NoVersion {
            problem: match (versions.last(), constraints) {
                (None, _) => format!(
                    "the registry {} has no versions of {}",
                    source.host,
                    source.package()
                ),
                (Some(newest), Some(constraints)) => format!(
                    "there is no available version of module {} which matches the given version constraint {}; the newest available version is {newest}",
                    source.package(),
                    constraints.text
                ),
                (Some(newest), None) => format!(
                    "there are only pre-releases of module {}, the newest of them {newest}; name one exactly to use it",
                    source.package()
                ),
            },
        }),
    }
}

/// Where the package of a version is: a source address.
pub(crate) async fn location(
    fetch: &dyn Fetch,
    source: &RegistrySource,
    chosen: &Chosen,
) -> Result<String, Error> {
    let url = format!(
        "{}{}/{}/{}/{}/download",
        chosen.base, source.namespace, source.name, source.provider, chosen.version
    );
    let token = fetch.token(&source.host);
    let (at, answer) = fetch::get(fetch, &url, token.as_deref(), SMALL).await?;
    let named = answer.headers.get("x-terraform-get").cloned();
    let body = fetch::body(&at, answer)?;
    let in_body = || {
        let body: serde_json::Value = serde_json::from_slice(&body).ok()?;
        Some(body.get("location")?.as_str()?.to_owned())
    };
    let location = named
        .filter(|text| !text.is_empty())
        .or_else(in_body)
        .ok_or_else(|| {
            problem(format!(
                "failed to get download URL for {} {}: the answer names none",
                source.package(),
                chosen.version
            ))
        })?;
    let relative = ["/", "./", "../"]
        .iter()
        .any(|start| location.starts_with(start));
    Ok(match relative {
        true => resolve(&at, &location),
        false => location,
    })
}

/// The URL of a host's module service, a slash at its end.
async fn discover(fetch: &dyn Fetch, host: &str) -> Result<String, Error> {
    let url = format!("https://{host}/.well-known/terraform.json");
    let token = fetch.token(host);
    let (at, answer) = fetch::get(fetch, &url, token.as_deref(), SMALL).await?;
    if answer.status == 404 {
        return Err(problem(format!(
            "host {host} does not provide a Terraform module registry"
        )));
    }
    let body = fetch::body(&at, answer)?;
    let document: serde_json::Value = serde_json::from_slice(&body).map_err(|error| {
        problem(format!(
            "failed to discover the services of {host}: {error}"
        ))
    })?;
    let service = document.get(SERVICE).and_then(|service| service.as_str());
    let Some(service) = service else {
        return Err(problem(format!(
            "host {host} does not provide a Terraform module registry"
        )));
    };
    let base = resolve(&at, service);
    Ok(match base.ends_with('/') {
        true => base,
        false => format!("{base}/"),
    })
}

async fn json(
    fetch: &dyn Fetch,
    host: &str,
    url: &str,
    module: &str,
) -> Result<serde_json::Value, Error> {
    let token = fetch.token(host);
    let (at, answer) = fetch::get(fetch, url, token.as_deref(), SMALL).await?;
    match answer.status {
        404 => {
            return Err(Error::NoModule {
                module: module.to_owned(),
                host: host.to_owned(),
            });
        }
        401 | 403 => {
            return Err(problem(format!(
                "the registry at {host} refuses to show module {module:?}: a token may be needed (TF_TOKEN_{})",
                host.replace('.', "_").replace('-', "__")
            )));
        }
        _ => {}
    }
    let body = fetch::body(&at, answer)?;
    serde_json::from_slice(&body)
        .map_err(|error| problem(format!("the answer of {at} can't be read: {error}")))
}
