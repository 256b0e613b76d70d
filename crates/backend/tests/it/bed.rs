//! Places to test in: the embedded AWS in this process, folders that vanish, states to write.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use trueup_aws::dynamodb::GetItem;
use trueup_aws::s3::{GetObject, ListObjects, PutObject};
use trueup_aws::{AttributeValue, Item, RequestCounts, Transport};
use trueup_backend::{
    AwsClients, Backend, Environment, LockOptions, Operation, Place, S3Backend, S3Settings,
    S3Timing, Session, Surroundings,
};
use trueup_emulator::{Config, Emulator};
use trueup_state::{Output, State};
use trueup_value::Value;

/// The bucket of all tests.
pub(crate) const BUCKET: &str = "states";
/// The key of the default workspace's state.
pub(crate) const KEY: &str = "app/terraform.tfstate";
/// The lock table.
pub(crate) const TABLE: &str = "locks";
/// `LockID` of the default workspace.
pub(crate) const LOCK_ID: &str = "states/app/terraform.tfstate";

/// An embedded AWS with bucket and lock table.
pub(crate) struct Bed {
    pub(crate) emulator: Emulator,
    pub(crate) counts: RequestCounts,
    pub(crate) clients: AwsClients,
    pub(crate) folder: tempfile::TempDir,
}

impl Bed {
    pub(crate) async fn new() -> Self {
        let emulator = Emulator::in_memory(Config::default()).expect("an emulator");
        let counts = RequestCounts::new();
        let transport = Transport {
            dispatch: Some(Arc::new(emulator.connection())),
            counts: counts.clone(),
            initial_backoff: Some(Duration::from_millis(1)),
        };
        let connect = AwsClients::over(transport);
        let clients = connect(settings(&[]).aws).await.expect("a session");
        let bed = Self {
            emulator,
            counts,
            clients,
            folder: tempfile::tempdir().expect("a folder"),
        };
        bed.backend(&[]).ensure_store().await.expect("a store");
        bed
    }

    pub(crate) fn place(&self) -> Place {
        Place {
            working_dir: self.folder.path().to_owned(),
            journal_dir: self.folder.path().join(".trueup/journal"),
            ..Place::default()
        }
    }

    /// A backend with the usual settings and these.
    pub(crate) fn backend(&self, more: &[(&'static str, Value)]) -> S3Backend {
        self.backend_of(more, &Surroundings::for_tests("one"))
    }

    pub(crate) fn backend_of(
        &self,
        more: &[(&'static str, Value)],
        surroundings: &Surroundings,
    ) -> S3Backend {
        S3Backend::new(
            settings(more),
            &self.place(),
            surroundings,
            self.clients.clone(),
        )
        .with_timing(S3Timing {
            lease: Duration::from_secs(1),
            beat: Duration::from_millis(200),
            mismatch: Duration::from_millis(100),
            mismatch_pause: Duration::from_millis(30),
        })
    }

    /// An item of the lock table.
    pub(crate) async fn item(&self, id: &str) -> Option<Item> {
        let request = GetItem {
            table: TABLE.into(),
            key: Item::from([("LockID".into(), AttributeValue::S(id.into()))]),
            consistent: true,
            ..GetItem::default()
        };
        self.clients
            .dynamodb
            .get_item(request)
            .await
            .expect("an answer")
    }

    /// Writes an item of texts to the lock table.
    pub(crate) async fn put_item(&self, attributes: &[(&str, &str)]) {
        let request = trueup_aws::dynamodb::PutItem {
            table: TABLE.into(),
            item: attributes
                .iter()
                .map(|(name, text)| ((*name).into(), AttributeValue::S((*text).into())))
                .collect(),
            ..Default::default()
        };
        self.clients
            .dynamodb
            .put_item(request)
            .await
            .expect("written");
    }

    /// A text attribute of an item of the lock table.
    pub(crate) async fn text_of(&self, id: &str, attribute: &str) -> Option<String> {
        match self.item(id).await?.remove(attribute)? {
            AttributeValue::S(text) => Some(text),
            other => panic!("{other:?}"),
        }
    }

    /// The bytes of an object.
    pub(crate) async fn object(&self, key: &str) -> Option<Bytes> {
        let request = GetObject {
            bucket: BUCKET.into(),
            key: key.into(),
            ..GetObject::default()
        };
        match self.clients.s3.get_object(request).await {
            Ok(object) => Some(object.body),
            Err(error) if error.is_not_found() => None,
            Err(error) => panic!("{error}"),
        }
    }

    /// Writes an object as another program would.
    pub(crate) async fn put_object(&self, key: &str, body: impl Into<Bytes>) {
        let request = PutObject {
            bucket: BUCKET.into(),
            key: key.into(),
            body: body.into(),
            ..PutObject::default()
        };
        self.clients.s3.put_object(request).await.expect("written");
    }

    /// All keys of the bucket.
    pub(crate) async fn keys(&self) -> Vec<String> {
        let request = ListObjects {
            bucket: BUCKET.into(),
            ..ListObjects::default()
        };
        let listed = self
            .clients
            .s3
            .list_objects(request)
            .await
            .expect("a listing");
        listed.into_iter().map(|object| object.key).collect()
    }
}

/// The usual settings, and these in addition or instead.
pub(crate) fn settings(more: &[(&'static str, Value)]) -> S3Settings {
    let mut pairs = vec![
        ("bucket", Value::string(BUCKET)),
        ("key", Value::string(KEY)),
        ("dynamodb_table", Value::string(TABLE)),
        ("region", Value::string("us-east-1")),
    ];
    pairs.extend(more.iter().cloned());
    S3Settings::from_config(&Value::object_from(pairs), &Environment::default()).expect("settings")
}

/// A state with one output.
pub(crate) fn state_with(text: &str) -> State {
    let mut state = State::new("");
    state
        .outputs
        .insert("text".into(), Output::new(Value::string(text), false));
    state
}

/// Opens a session to apply, without waiting for the lock.
pub(crate) async fn open(
    backend: Arc<dyn Backend>,
    surroundings: &Surroundings,
) -> Result<Session, trueup_backend::Error> {
    open_waiting(backend, surroundings, Duration::ZERO).await
}

/// Opens a session to apply.
pub(crate) async fn open_waiting(
    backend: Arc<dyn Backend>,
    surroundings: &Surroundings,
    timeout: Duration,
) -> Result<Session, trueup_backend::Error> {
    let options = LockOptions {
        timeout,
        ..LockOptions::default()
    };
    Session::open(backend, "default", Operation::Apply, options, surroundings).await
}

/// JSON on one line, as OpenTofu keeps it everywhere but in a state file of the folder.
pub(crate) fn on_one_line(text: &[u8]) -> String {
    let text = std::str::from_utf8(text).expect("JSON is text");
    let mut out = String::new();
    let (mut quoted, mut escaped) = (false, false);
    for sign in text.chars() {
        if quoted || !sign.is_ascii_whitespace() {
            out.push(sign);
        }
        quoted ^= sign == '"' && !escaped;
        escaped = quoted && sign == '\\' && !escaped;
    }
    out.push('\n');
    out
}
