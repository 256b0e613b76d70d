//! The HTTP clients under the SDK: one over the network, one into the process.
use std::collections::HashMap;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
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

use crate::proxies::{Proxies, proxies};
use crate::{Dispatch, DispatchError, Error, Settings};

/// The way requests go, for the SDK's clients and for calls signed here.
#[derive(Debug, Clone)]
pub(crate) enum Wire {
    /// To the embedded AWS.
    InProcess(InProcess),
    /// Over the network.
    Network(Arc<Network>),
}

impl Wire {
    /// To the embedded AWS: nothing leaves the process.
    pub(crate) fn in_process(dispatch: Arc<dyn Dispatch>) -> Self {
        Self::InProcess(InProcess { dispatch })
    }

    /// Over the network. Certificates are loaded with the first request.
    ///
    /// # Errors
    /// [`Error::Settings`] for an unusable certificate bundle or proxy.
    pub(crate) fn network(settings: &Settings) -> Result<Self, Error> {
        network(settings).map(|n| Self::Network(Arc::new(n)))
    }

    /// As the SDK takes it.
    pub(crate) fn client(&self) -> SharedHttpClient {
        match self {
            Self::InProcess(inner) => SharedHttpClient::new(inner.clone()),
            Self::Network(inner) => SharedHttpClient::new(OverNetwork(Arc::clone(inner))),
        }
    }

    /// Sends one request and reads the whole answer.
    pub(crate) async fn send(
        &self,
        request: http::Request<Bytes>,
        timeouts: &HttpConnectorSettings,
    ) -> Result<http::Response<Bytes>, ConnectorError> {
        self.send_limited(request, timeouts, u64::MAX).await
    }

    /// As [`Wire::send`], but an answer longer than so many bytes is an error.
    pub(crate) async fn send_limited(
        &self,
        request: http::Request<Bytes>,
        timeouts: &HttpConnectorSettings,
        limit: u64,
    ) -> Result<http::Response<Bytes>, ConnectorError> {
        let user = |e| ConnectorError::user(Box::new(e));
        let request = HttpRequest::try_from(request.map(SdkBody::from)).map_err(user)?;
        let answer = match self {
            Self::InProcess(inner) => inner.call(request).await?,
            Self::Network(inner) => {
                inner
                    .connector(timeouts, tokio_sleep())
                    .call(request)
                    .await?
            }
        };
        let answer = answer
            .try_into_http1x()
            .map_err(|e| ConnectorError::other(Box::new(e), None))?;
        let (parts, body) = answer.into_parts();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let body = http_body_util::Limited::new(body, limit);
        let body = body.collect().await.map_err(ConnectorError::io)?.to_bytes();
        Ok(http::Response::from_parts(parts, body))
    }
}

fn tokio_sleep() -> Option<SharedAsyncSleep> {
    Some(SharedAsyncSleep::new(TokioSleep::new()))
}

/// Hands requests to the embedded AWS.
#[derive(Clone)]
pub(crate) struct InProcess {
    dispatch: Arc<dyn Dispatch>,
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
pub(crate) struct Network {
    tls: TlsContext,
    proxies: Proxies,
    connectors: Mutex<HashMap<Timeouts, SharedHttpConnector>>,
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Network")
    }
}

fn network(settings: &Settings) -> Result<Network, Error> {
    if settings.insecure {
        return Err(Error::Settings {
            setting: "insecure",
            detail: "skipping TLS verification is not supported: name the server's certificate \
                     authority in custom_ca_bundle instead"
                .to_owned(),
        });
    }
    Ok(Network {
        tls: tls_context(settings)?,
        proxies: proxies(settings)?,
        connectors: Mutex::default(),
    })
}

/// What the SDK is handed: it wants to own its client.
#[derive(Debug)]
struct OverNetwork(Arc<Network>);

impl HttpClient for OverNetwork {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.0.connector(settings, components.sleep_impl())
    }
}

impl Network {
    fn connector(
        &self,
        settings: &HttpConnectorSettings,
        sleep: Option<SharedAsyncSleep>,
    ) -> SharedHttpConnector {
        let key = (settings.connect_timeout(), settings.read_timeout());
        let mut connectors = self
            .connectors
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        connectors
            .entry(key)
            .or_insert_with(|| {
                let (settings, tls) = (settings.clone(), self.tls.clone());
                self.proxies.connector(Arc::new(move |proxy: &ProxyConfig| {
                    let mut builder = Connector::builder()
                        .connector_settings(settings.clone())
                        .proxy_config(proxy.clone());
                    builder.set_sleep_impl(sleep.clone());
                    SharedHttpConnector::new(
                        builder
                            .tls_provider(Provider::Rustls(CryptoMode::Ring))
                            .tls_context(tls.clone())
                            .build(),
                    )
                }))
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
