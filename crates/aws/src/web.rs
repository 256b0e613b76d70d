//! The HTTP client for what is not AWS: modules and registries. The same connections, TLS and proxies.
use std::time::Duration;

use aws_smithy_runtime_api::client::http::HttpConnectorSettings;
use bytes::Bytes;

use crate::configuration::CONNECT_TIMEOUT;
use crate::connector::Wire;
use crate::failure::chain;
use crate::{Error, Settings};

/// How long a server may think before it answers.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends requests to any server. Clones share connections.
#[derive(Clone)]
pub struct Web(Wire);

impl Web {
    /// A client with the system's certificates and the proxies that the environment names.
    ///
    /// # Errors
    /// [`Error::Settings`].
    pub fn new() -> Result<Self, Error> {
        Wire::network(&Settings::default()).map(Self)
    }

    /// Sends one request, following no redirection, and reads the answer up to a limit.
    ///
    /// # Errors
    /// In words, why there is no answer.
    pub async fn send(
        &self,
        request: http::Request<Bytes>,
        limit: u64,
    ) -> Result<http::Response<Bytes>, String> {
        let timeouts = HttpConnectorSettings::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(PATIENCE)
            .build();
        self.0
            .send_limited(request, &timeouts, limit)
            .await
            .map_err(|error| chain(&error))
    }
}
