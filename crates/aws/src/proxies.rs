//! Which proxy a request goes through: the settings', else the environment's; none where it stays on this host.

use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

use aws_smithy_http_client::proxy::{ProxyConfig, ProxyError};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

use crate::{Error, Settings};

/// Which proxies requests go through.
#[derive(Clone, Debug)]
pub(crate) enum Proxies {
    One(ProxyConfig),
    /// The SDK's client knows one proxy, so each scheme gets a client.
    ByScheme {
        http: ProxyConfig,
        https: ProxyConfig,
    },
}

/// Makes a client that goes through a proxy.
pub(crate) type Through = Arc<dyn Fn(&ProxyConfig) -> SharedHttpConnector + Send + Sync>;

impl Proxies {
    /// The client that hands each request on to the one of its place and scheme.
    pub(crate) fn connector(&self, through: Through) -> SharedHttpConnector {
        let (proxies, outside) = (self.clone(), through.clone());
        SharedHttpConnector::new(ByPlace {
            inside: LazyLock::new(Box::new(move || through(&ProxyConfig::disabled()))),
            outside: LazyLock::new(Box::new(move || match &proxies {
                Proxies::One(proxy) => outside(proxy),
                Proxies::ByScheme { http, https } => SharedHttpConnector::new(ByScheme {
                    http: outside(http),
                    https: outside(https),
                }),
            })),
        })
    }
}

type Made = LazyLock<SharedHttpConnector, Box<dyn FnOnce() -> SharedHttpConnector + Send>>;

/// Loopback hosts are reached without a proxy, whatever is set, as Go's programs do: an emulator beside a
/// company's proxy would not be found otherwise. Each client is made when it is first needed.
#[derive(Debug)]
struct ByPlace {
    inside: Made,
    outside: Made,
}

impl HttpConnector for ByPlace {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if is_loopback(request.uri()) {
            self.inside.call(request)
        } else {
            self.outside.call(request)
        }
    }
}

/// Whether an address is of this host: `localhost`, or an IP address that loops back.
fn is_loopback(uri: &str) -> bool {
    let Ok(uri) = uri.parse::<http::Uri>() else {
        return false;
    };
    let host = uri.host().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Hands a request to the client of its scheme.
#[derive(Debug)]
struct ByScheme {
    http: SharedHttpConnector,
    https: SharedHttpConnector,
}

impl HttpConnector for ByScheme {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if request.uri().starts_with("https:") {
            self.https.call(request)
        } else {
            self.http.call(request)
        }
    }
}

/// The proxies of settings.
///
/// # Errors
/// [`Error::Settings`] for one that can't be used.
pub(crate) fn proxies(settings: &Settings) -> Result<Proxies, Error> {
    let http = settings.http_proxy.as_deref().filter(|p| !p.is_empty());
    let https = settings.https_proxy.as_deref().filter(|p| !p.is_empty());
    let https_said = settings.https_proxy.is_some();
    let usable = |setting, made: Result<ProxyConfig, ProxyError>| {
        let made = made.map_err(|e| Error::Settings {
            setting,
            detail: format!("the proxy cannot be used: {e}"),
        })?;
        Ok::<_, Error>(match settings.no_proxy.as_deref() {
            Some(rules) => made.no_proxy(rules),
            None => made,
        })
    };
    Ok(match (http, https) {
        (None, None) if https_said => Proxies::One(ProxyConfig::disabled()),
        (None, None) => Proxies::One(ProxyConfig::from_env()),
        (Some(http), Some(https)) if http != https => Proxies::ByScheme {
            http: usable("http_proxy", ProxyConfig::http(http))?,
            https: usable("https_proxy", ProxyConfig::https(https))?,
        },
        (Some(http), None) if https_said => {
            Proxies::One(usable("http_proxy", ProxyConfig::http(http))?)
        }
        (Some(http), _) => Proxies::One(usable("http_proxy", ProxyConfig::all(http))?),
        (None, Some(https)) => Proxies::One(usable("https_proxy", ProxyConfig::https(https))?),
    })
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn this_host_has_many_names() {
        for (uri, inside) in [
            ("http://localhost:4566/", true),
            ("http://LOCALHOST/orders", true),
            ("https://127.0.0.1", true),
            ("http://127.8.0.1:8000/", true),
            ("http://[::1]:8000/", true),
            ("http://localhost.example/", false),
            ("http://orders.localhost:4566/", false),
            ("http://169.254.169.254/latest", false),
            ("https://dynamodb.us-east-1.amazonaws.com/", false),
            ("/orders", false),
        ] {
            assert_eq!(is_loopback(uri), inside, "{uri}");
        }
    }
}
