//! Requests to the embedded AWS of another process: the one behind `local serve`.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use trueup_aws::{BoxFuture, Dispatch, DispatchError};

/// Forwards requests to a loopback address, as they are.
pub struct Loopback {
    address: String,
}

impl Loopback {
    /// Requests go to this address.
    pub fn dispatch(address: String) -> Arc<dyn Dispatch> {
        Arc::new(Self { address })
    }

    async fn forward(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, DispatchError> {
        let lost = |error: &dyn std::fmt::Display| {
            DispatchError::Lost(format!("{} broke off: {error}", self.address))
        };
        let stream = TcpStream::connect(&self.address)
            .await
            .map_err(|error| DispatchError::Refused(format!("{}: {error}", self.address)))?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| lost(&error))?;
        tokio::spawn(connection);
        let response = sender
            .send_request(origin_form(request).map(Full::new))
            .await
            .map_err(|error| lost(&error))?;
        let (parts, body) = response.into_parts();
        let body = body
            .collect()
            .await
            .map_err(|error| lost(&error))?
            .to_bytes();
        Ok(http::Response::from_parts(parts, body))
    }
}

/// The request with its host in the header and only the path in its first line, as servers want it.
fn origin_form(mut request: http::Request<Bytes>) -> http::Request<Bytes> {
    if !request.headers().contains_key(http::header::HOST)
        && let Some(authority) = request.uri().authority()
        && let Ok(host) = http::HeaderValue::from_str(authority.as_str())
    {
        request.headers_mut().insert(http::header::HOST, host);
    }
    let path = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str())
        .to_string();
    if let Ok(uri) = path.parse() {
        *request.uri_mut() = uri;
    }
    request
}

impl Dispatch for Loopback {
    fn call(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, DispatchError>> {
        Box::pin(self.forward(request))
    }
}
