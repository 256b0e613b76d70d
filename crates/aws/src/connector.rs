//! The HTTP clients under the SDK: one over the network, one into the process.
use std::collections::HashMap;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use futures::FutureExt;
use http_body_util::BodyExt;

use crate::{Dispatch, DispatchError, Error, Settings};

/// Hands requests to the embedded AWS.
#[derive(Clone)]
struct InProcess {
    dispatch: Arc<dyn Dispatch>,
}

/// The client that hands every request to the embedded AWS.
pub(crate) fn in_process(dispatch: Arc<dyn Dispatch>) -> SharedHttpClient {
    SharedHttpClient::new(InProcess { dispatch })
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InProcess")
    }
}

impl HttpClient for InProcess {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let dispatch = Arc::clone(&self.dispatch);
        HttpConnectorFuture::new(async move {
            let request = as_received(request).await?;
            // A panic behind the door is a broken connection, not our end.
            let answered = AssertUnwindSafe(dispatch.call(request))
                .catch_unwind()
                .await
                .unwrap_or_else(|_| Err(DispatchError::Lost("the embedded AWS failed".into())));
            let answer = answered.map_err(|e| ConnectorError::io(Box::new(e)))?;
            HttpResponse::try_from(answer.map(SdkBody::from))
                .map_err(|e| ConnectorError::other(Box::new(e), None))
        })
    }
}

/// The request as a server gets it: body read, `Host` set, URI in origin form.
async fn as_received(request: HttpRequest) -> Result<http::Request<Bytes>, ConnectorError> {
    let user = |e: Box<dyn std::error::Error + Send + Sync>| ConnectorError::user(e);
    let (mut parts, body) = request
        .try_into_http1x()
        .map_err(|e| user(Box::new(e)))?
        .into_parts();
    let body = body.collect().await.map_err(user)?.to_bytes();
    if let Some(authority) = parts.uri.authority()
        && !parts.headers.contains_key(http::header::HOST)
    {
        let host =
            http::HeaderValue::from_str(authority.as_str()).map_err(|e| user(Box::new(e)))?;
        parts.headers.insert(http::header::HOST, host);
    }
    let path = parts.uri.path_and_query().map_or("/", |p| p.as_str());
    parts.uri = path.parse::<http::Uri>().map_err(|e| user(Box::new(e)))?;
    Ok(http::Request::from_parts(parts, body))
}

type Timeouts = (Option<Duration>, Option<Duration>);

/// One pool of connections for all services, TLS by rustls with ring.
struct Network {
    tls: TlsContext,
    proxy: ProxyConfig,
    connectors: Mutex<HashMap<Timeouts, SharedHttpConnector>>,
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Network")
    }
}

/// The client over the network. Certificates are loaded with the first request.
///
/// # Errors
/// [`Error::Settings`] for an unusable certificate bundle or proxy.
pub(crate) fn network(settings: &Settings) -> Result<SharedHttpClient, Error> {
    if settings.insecure {
        return Err(Error::Settings {
            setting: "insecure",
            detail: "skipping TLS verification is not supported: name the server's certificate \
                     authority in custom_ca_bundle instead"
                .to_owned(),
        });
    }
    Ok(SharedHttpClient::new(Network {
        tls: tls_context(settings)?,
        proxy: proxy(settings)?,
        connectors: Mutex::default(),
    }))
}

impl HttpClient for Network {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let key = (settings.connect_timeout(), settings.read_timeout());
        let mut connectors = self
            .connectors
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        connectors
            .entry(key)
            .or_insert_with(|| {
                let mut builder = Connector::builder()
                    .connector_settings(settings.clone())
                    .proxy_config(self.proxy.clone());
                builder.set_sleep_impl(components.sleep_impl());
                SharedHttpConnector::new(
                    builder
                        .tls_provider(Provider::Rustls(CryptoMode::Ring))
                        .tls_context(self.tls.clone())
                        .build(),
                )
            })
            .clone()
    }
}

fn tls_context(settings: &Settings) -> Result<TlsContext, Error> {
    let Some(path) = settings
        .custom_ca_bundle
        .as_deref()
        .filter(|p| !p.is_empty())
    else {
        return Ok(TlsContext::default());
    };
    let broken = |what: String| Error::Settings {
        setting: "custom_ca_bundle",
        detail: format!("the certificate bundle {path} cannot be used: {what}"),
    };
    let pem = std::fs::read(path).map_err(|e| broken(e.to_string()))?;
    if !pem.windows(11).any(|w| w == b"-----BEGIN ") {
        return Err(broken("it holds no PEM certificate".to_owned()));
    }
    TlsContext::builder()
        .with_trust_store(TrustStore::empty().with_pem_certificate(pem))
        .build()
        .map_err(|e| broken(e.to_string()))
}

fn proxy(settings: &Settings) -> Result<ProxyConfig, Error> {
    let http = settings.http_proxy.as_deref().filter(|p| !p.is_empty());
    let https = settings.https_proxy.as_deref().filter(|p| !p.is_empty());
    let https_said = settings.https_proxy.is_some();
    let (setting, made) = match (http, https) {
        (None, None) if https_said => return Ok(ProxyConfig::disabled()),
        (None, None) => return Ok(ProxyConfig::from_env()),
        (Some(http), Some(https)) if http != https => {
            return Err(Error::Settings {
                setting: "https_proxy",
                detail: "different values for http_proxy and https_proxy are not supported"
                    .to_owned(),
            });
        }
        (Some(http), None) if https_said => ("http_proxy", ProxyConfig::http(http)),
        (Some(http), _) => ("http_proxy", ProxyConfig::all(http)),
        (None, Some(https)) => ("https_proxy", ProxyConfig::https(https)),
    };
    let made = made.map_err(|e| Error::Settings {
        setting,
        detail: format!("the proxy cannot be used: {e}"),
    })?;
    Ok(match settings.no_proxy.as_deref() {
        Some(rules) => made.no_proxy(rules),
        None => made,
    })
}
