//! The door to AWS: settings in, services out. Tests put the embedded AWS behind it.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use trueup_aws::{DynamoDb, Error, Session, Settings, Sts, Transport};

/// Makes connections.
pub trait Connect: Send + Sync {
    /// Connects with these settings, finding region, credentials and account.
    fn connect(&self, settings: Settings) -> BoxFuture<'_, Result<Connection, Error>>;
}

/// The services under one set of credentials in one region.
#[derive(Clone)]
pub struct Connection {
    /// DynamoDB.
    pub dynamodb: Arc<dyn DynamoDb>,
    /// STS.
    pub sts: Arc<dyn Sts>,
    /// The region that calls go to.
    pub region: String,
    /// The first pause of a wait; it doubles from there. Short where AWS is in this process.
    pub first_pause: Duration,
}

/// Connects through one transport: the network, or the embedded AWS where it has a dispatch.
pub struct ThroughTransport(Transport);

impl ThroughTransport {
    /// Connections that all use `transport`.
    pub fn new(transport: Transport) -> Self {
        Self(transport)
    }
}

impl Connect for ThroughTransport {
    fn connect(&self, settings: Settings) -> BoxFuture<'_, Result<Connection, Error>> {
        Box::pin(async move {
            let embedded = self.0.dispatch.is_some();
            let session = Session::connect(settings, self.0.clone()).await?;
            Ok(Connection {
                dynamodb: session.dynamodb(),
                sts: session.sts(),
                region: session.region().to_owned(),
                first_pause: Duration::from_millis(if embedded { 5 } else { 100 }),
            })
        })
    }
}
