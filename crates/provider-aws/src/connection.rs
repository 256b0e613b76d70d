//! The door to AWS: settings in, services out. Tests put the embedded AWS behind it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use trueup_aws::{DynamoDb, Error, Session, Settings, Sts, Transport, partition};

/// Makes connections.
pub trait Connect: Send + Sync {
    /// Connects with these settings, finding region, credentials and account.
    fn connect(&self, settings: Settings) -> BoxFuture<'_, Result<Connection, Error>>;
}

/// The services under one set of credentials in one region. Clones share everything.
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
    /// The session behind it: services that have no field here, account and partition.
    pub session: Session,
    regions: Arc<Regions>,
}

/// The regions that were asked for so far, each with clients of its own.
#[derive(Default)]
struct Regions(Mutex<BTreeMap<String, Session>>);

impl Connection {
    /// The connection that a session stands for.
    fn over(session: Session, first_pause: Duration, regions: Arc<Regions>) -> Self {
        Self {
            dynamodb: session.dynamodb(),
            sts: session.sts(),
            region: session.region().to_owned(),
            first_pause,
            session,
            regions,
        }
    }

    /// The same credentials, endpoints and counts in another region: only the region that requests
    /// are signed for changes, and with it AWS's own endpoints. Clients are made once a region.
    ///
    /// # Errors
    /// [`Error::Settings`] where the region belongs to another partition, for which these credentials
    /// can't be good.
    pub fn in_region(&self, region: &str) -> Result<Connection, Error> {
        if region == self.region {
            return Ok(self.clone());
        }
        let ours = self.session.partition();
        if let Some(theirs) = partition(region)
            && theirs != ours
        {
            return Err(Error::Settings {
                setting: "region",
                detail: format!(
                    "the region {region} is in the partition {theirs}, while the provider's credentials are for the partition {ours}"
                ),
            });
        }
        let session = {
            let mut sessions = self
                .regions
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            sessions
                .entry(region.to_owned())
                .or_insert_with(|| self.session.in_region(region))
                .clone()
        };
        Ok(Self::over(
            session,
            self.first_pause,
            Arc::clone(&self.regions),
        ))
    }
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
            let first_pause = Duration::from_millis(if embedded { 5 } else { 100 });
            let regions = Arc::new(Regions(Mutex::new(BTreeMap::from([(
                session.region().to_owned(),
                session.clone(),
            )]))));
            Ok(Connection::over(session, first_pause, regions))
        })
    }
}
