//! The door behind which the embedded AWS can stand instead of a network.

use std::io;

use bytes::Bytes;
use futures::future::BoxFuture;

/// Answers the HTTP requests that would otherwise go to AWS.
pub trait Dispatch: Send + Sync {
    /// Answers one request. The request has a `Host` header and a URI in origin
    /// form (`/path?query`), as a server would get it.
    ///
    /// # Errors
    /// A [`DispatchError`] stands for a connection that failed.
    fn call(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, DispatchError>>;
}

/// A function that sends a request over a connection of its own.
impl<F> Dispatch for F
where
    F: Fn(http::Request<Bytes>) -> BoxFuture<'static, io::Result<http::Response<Bytes>>>
        + Send
        + Sync,
{
    fn call(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, DispatchError>> {
        let answer = self(request);
        Box::pin(async move { Ok(answer.await?) })
    }
}

/// A connection to the embedded AWS that failed, as networks do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DispatchError {
    /// Nothing was sent: the call had no effect.
    #[error("connection refused: {0}")]
    Refused(String),
    /// The answer was lost: the call may have had its effect.
    #[error("connection lost: {0}")]
    Lost(String),
}

impl From<io::Error> for DispatchError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused(error.to_string()),
            _ => Self::Lost(error.to_string()),
        }
    }
}
