//! The network as the installer of modules reaches it, with the tokens that the environment gives for hosts.

use std::collections::BTreeMap;

use bytes::Bytes;
use trueup_aws::Web;
use trueup_modules::{BoxFuture, Fetch, FetchRequest, FetchResponse};

use crate::environment;

/// Reaches registries and servers with archives.
pub struct Modules {
    web: Result<Web, String>,
    /// Tokens by host.
    tokens: BTreeMap<String, String>,
}

impl Modules {
    /// With the tokens of the environment: `TF_TOKEN_registry_example_com`, where `__` stands for a dash.
    pub fn new() -> Self {
        let tokens = environment::beginning("TOKEN_")
            .into_iter()
            .map(|(host, value)| {
                let host = host.replace("__", "-").replace('_', ".");
                (host.to_ascii_lowercase(), value)
            });
        Self {
            web: Web::new().map_err(|error| error.to_string()),
            tokens: tokens.collect(),
        }
    }
}

impl Fetch for Modules {
    fn get(&self, request: FetchRequest) -> BoxFuture<'_, Result<FetchResponse, String>> {
        Box::pin(async move {
            let web = self.web.as_ref().map_err(Clone::clone)?;
            let mut built = http::Request::get(&request.url)
                .header("user-agent", concat!("trueup/", env!("CARGO_PKG_VERSION")));
            for (name, value) in &request.headers {
                built = built.header(name, value);
            }
            let built = built
                .body(Bytes::new())
                .map_err(|error| error.to_string())?;
            let answer = web.send(built, request.limit).await?;
            let (parts, body) = answer.into_parts();
            let headers = parts.headers.iter().map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.as_str().to_owned(), value)
            });
            Ok(FetchResponse {
                status: parts.status.as_u16(),
                headers: headers.collect(),
                body: body.to_vec(),
            })
        })
    }

    fn token(&self, host: &str) -> Option<String> {
        self.tokens.get(host).cloned()
    }
}
