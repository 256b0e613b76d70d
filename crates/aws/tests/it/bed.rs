//! The embedded AWS as a test bed, and the table that stands in it.
use std::sync::Arc;
use std::time::Duration;

use trueup_aws::dynamodb::{
    AttributeDefinition, CreateTable, DynamoDb, KeyElement, PutItem, Stream,
};
use trueup_aws::{Session, Settings, Transport};
use trueup_emulator::{Config, Emulator};

use crate::{item, words};

/// A session with an embedded AWS of its own.
pub async fn session() -> (Session, Emulator) {
    let emulator = Emulator::in_memory(Config::default()).expect("a store in memory");
    let transport = Transport {
        dispatch: Some(Arc::new(emulator.connection())),
        initial_backoff: Some(Duration::from_millis(1)),
        ..Transport::default()
    };
    let session = Session::connect(Settings::default(), transport)
        .await
        .expect("the embedded AWS is always there");
    (session, emulator)
}

pub fn attribute(name: &str) -> AttributeDefinition {
    AttributeDefinition {
        name: name.into(),
        kind: "S".into(),
    }
}

pub fn key(attribute: &str, kind: &str) -> KeyElement {
    KeyElement {
        attribute: attribute.into(),
        kind: kind.into(),
    }
}

pub fn orders() -> CreateTable {
    CreateTable {
        name: "orders".into(),
        attributes: vec![attribute("pk"), attribute("sk")],
        key_schema: vec![key("pk", "HASH"), key("sk", "RANGE")],
        billing_mode: Some("PAY_PER_REQUEST".into()),
        stream: Some(Stream {
            enabled: true,
            view_type: Some("KEYS_ONLY".into()),
        }),
        tags: words(&[("team", "red")]),
        ..CreateTable::default()
    }
}

/// As [`session`], with a table.
pub async fn with_orders() -> (Session, Emulator, Arc<dyn DynamoDb>) {
    let (session, emulator) = session().await;
    let db = session.dynamodb();
    db.create_table(orders()).await.expect("a table");
    (session, emulator, db)
}

/// A write of an item that must not be there yet.
pub fn put(pk: &str, status: &str) -> PutItem {
    PutItem {
        table: "orders".into(),
        item: item(&[("pk", pk), ("sk", "1"), ("status", status)]),
        condition: Some("attribute_not_exists(#pk)".into()),
        names: words(&[("#pk", "pk")]),
        return_item_on_failure: true,
        ..PutItem::default()
    }
}
