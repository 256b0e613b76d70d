//! Everything the traits can do, against the embedded AWS.
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use trueup_aws::dynamodb::{
    AttributeDefinition, BatchGet, CreateIndex, CreateTable, DeleteItem, DynamoDb, GetItem,
    IndexUpdate, KeyElement, Projection, PutItem, Query, Scan, Stream, Throughput, TransactWrite,
    UpdateItem, UpdateTable, WriteAction,
};
use trueup_aws::s3::{CreateBucket, DeleteObject, GetObject, HeadObject, ListObjects, PutObject};
use trueup_aws::{
    AttributeValue, BoxFuture, Class, Dispatch, DispatchError, Error, Session, Settings, Transport,
};
use trueup_emulator::{Config, Emulator, Fault, Rule, Service, answer_is_lost};

use crate::{item, words};

struct Embedded(Emulator);

impl Dispatch for Embedded {
    fn call(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, DispatchError>> {
        Box::pin(async move {
            let response = self.0.call(request).await;
            if answer_is_lost(&response) {
                return Err(DispatchError::Lost("fault".into()));
            }
            Ok(response)
        })
    }
}

async fn session() -> (Session, Emulator) {
    let emulator = Emulator::in_memory(Config::default()).expect("a store in memory");
    let transport = Transport {
        dispatch: Some(Arc::new(Embedded(emulator.clone()))),
        initial_backoff: Some(Duration::from_millis(1)),
        ..Transport::default()
    };
    let session = Session::connect(Settings::default(), transport)
        .await
        .expect("the embedded AWS is always there");
    (session, emulator)
}

fn attribute(name: &str) -> AttributeDefinition {
    AttributeDefinition {
        name: name.into(),
        kind: "S".into(),
    }
}

fn key(attribute: &str, kind: &str) -> KeyElement {
    KeyElement {
        attribute: attribute.into(),
        kind: kind.into(),
    }
}

fn orders() -> CreateTable {
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

async fn with_orders() -> (Session, Emulator, Arc<dyn DynamoDb>) {
    let (session, emulator) = session().await;
    let db = session.dynamodb();
    db.create_table(orders()).await.expect("a table");
    (session, emulator, db)
}

#[tokio::test]
async fn a_table_lives_and_dies() {
    let (_session, _emulator, db) = with_orders().await;
    let table = db.describe_table("orders").await.expect("a table");
    assert_eq!(
        table.arn,
        "arn:aws:dynamodb:us-east-1:123456789012:table/orders"
    );
    assert_eq!(table.status, "ACTIVE");
    assert_eq!(table.billing_mode.as_deref(), Some("PAY_PER_REQUEST"));
    assert_eq!(table.key_schema, orders().key_schema);
    assert_eq!(table.stream, orders().stream);
    assert!(table.latest_stream_arn.is_some());
    assert!(table.created.is_some_and(|c| c > 1.0e9));

    db.update_table(UpdateTable {
        table: "orders".into(),
        attributes: vec![attribute("pk"), attribute("sk"), attribute("status")],
        index_updates: vec![IndexUpdate::Create(CreateIndex {
            name: "by_status".into(),
            key_schema: vec![key("status", "HASH")],
            projection: Projection {
                kind: Some("INCLUDE".into()),
                non_key_attributes: vec!["total".into()],
            },
            ..CreateIndex::default()
        })],
        ..UpdateTable::default()
    })
    .await
    .expect("an index");
    let table = db.describe_table("orders").await.expect("a table");
    assert_eq!(table.global_indexes.len(), 1);
    assert_eq!(table.global_indexes[0].name, "by_status");
    assert_eq!(
        table.global_indexes[0].projection.non_key_attributes,
        ["total"]
    );

    db.update_table(UpdateTable {
        table: "orders".into(),
        billing_mode: Some("PROVISIONED".into()),
        throughput: Some(Throughput { read: 2, write: 3 }),
        index_updates: vec![IndexUpdate::Update(trueup_aws::dynamodb::UpdateIndex {
            name: "by_status".into(),
            throughput: Some(Throughput { read: 1, write: 1 }),
            ..Default::default()
        })],
        ..UpdateTable::default()
    })
    .await
    .expect("provisioned");
    let table = db.describe_table("orders").await.expect("a table");
    assert_eq!(table.throughput, Some(Throughput { read: 2, write: 3 }));

    assert_eq!(db.list_tables().await.expect("names"), ["orders"]);
    db.delete_table("orders").await.expect("deleted");
    let gone = db.describe_table("orders").await.expect_err("gone");
    assert!(gone.is_not_found(), "{gone}");
    assert_eq!(gone.code(), "ResourceNotFoundException");
}

#[tokio::test]
async fn what_stands_beside_a_table() {
    let (_session, _emulator, db) = with_orders().await;
    let arn = db.describe_table("orders").await.expect("a table").arn;
    assert_eq!(
        db.list_tags_of_resource(&arn).await.expect("tags"),
        words(&[("team", "red")])
    );
    db.tag_resource(&arn, words(&[("team", "blue"), ("cost", "1")]))
        .await
        .expect("tagged");
    db.untag_resource(&arn, vec!["cost".into()])
        .await
        .expect("untagged");
    assert_eq!(
        db.list_tags_of_resource(&arn).await.expect("tags"),
        words(&[("team", "blue")])
    );

    let ttl = db.describe_time_to_live("orders").await.expect("a ttl");
    assert_eq!((ttl.status.as_str(), ttl.attribute), ("DISABLED", None));
    db.update_time_to_live("orders", "expires", true)
        .await
        .expect("a ttl");
    let ttl = db.describe_time_to_live("orders").await.expect("a ttl");
    assert_eq!(ttl.attribute.as_deref(), Some("expires"));

    let before = db
        .describe_continuous_backups("orders")
        .await
        .expect("pitr");
    assert_eq!(before.point_in_time_recovery.as_deref(), Some("DISABLED"));
    db.update_continuous_backups("orders", true, Some(7))
        .await
        .expect("pitr");
    let after = db
        .describe_continuous_backups("orders")
        .await
        .expect("pitr");
    assert_eq!(after.point_in_time_recovery.as_deref(), Some("ENABLED"));
    assert_eq!(after.recovery_period_in_days, Some(7));
}

fn put(pk: &str, status: &str) -> PutItem {
    PutItem {
        table: "orders".into(),
        item: item(&[("pk", pk), ("sk", "1"), ("status", status)]),
        condition: Some("attribute_not_exists(#pk)".into()),
        names: words(&[("#pk", "pk")]),
        return_item_on_failure: true,
        ..PutItem::default()
    }
}

#[tokio::test]
async fn items_are_written_read_changed_and_deleted() {
    let (session, _emulator, db) = with_orders().await;
    db.put_item(put("a", "new")).await.expect("put");
    match db.put_item(put("a", "new")).await {
        Err(Error::ConditionFailed {
            item: Some(found), ..
        }) => assert_eq!(found, put("a", "new").item),
        other => panic!("{other:?}"),
    }
    let key = item(&[("pk", "a"), ("sk", "1")]);
    db.update_item(UpdateItem {
        table: "orders".into(),
        key: key.clone(),
        update: "SET #s = :new REMOVE #gone".into(),
        condition: Some("#s = :old".into()),
        names: words(&[("#s", "status"), ("#gone", "gone")]),
        values: [
            (":new".to_owned(), AttributeValue::Null),
            (":old".to_owned(), AttributeValue::S("new".into())),
        ]
        .into(),
        ..UpdateItem::default()
    })
    .await
    .expect("changed");
    let get = GetItem {
        table: "orders".into(),
        key: key.clone(),
        consistent: true,
        ..GetItem::default()
    };
    let found = db.get_item(get.clone()).await.expect("read");
    assert_eq!(
        found.and_then(|i| i.get("status").cloned()),
        Some(AttributeValue::Null)
    );
    let transaction = TransactWrite {
        actions: vec![
            WriteAction::Put(put("b", "x")),
            WriteAction::Put(put("a", "x")),
        ],
        token: Some("t-1".into()),
    };
    match db.transact_write_items(transaction).await {
        Err(Error::TransactionCancelled { reasons, .. }) => {
            assert_eq!(reasons[0].code, None);
            assert!(reasons[1].is_condition());
            assert!(reasons[1].item.is_some());
        }
        other => panic!("{other:?}"),
    }
    let transaction = TransactWrite {
        actions: vec![
            WriteAction::Put(put("b", "x")),
            WriteAction::Put(put("c", "x")),
        ],
        token: Some("t-2".into()),
    };
    db.transact_write_items(transaction).await.expect("both");
    let batch = BatchGet {
        table: "orders".into(),
        keys: ["b", "c", "none"]
            .iter()
            .map(|k| item(&[("pk", k), ("sk", "1")]))
            .collect(),
        consistent: true,
        ..BatchGet::default()
    };
    assert_eq!(db.batch_get_item(batch).await.expect("items").len(), 2);
    let page = db
        .query(Query {
            table: "orders".into(),
            key_condition: "pk = :pk".into(),
            values: [(":pk".to_owned(), AttributeValue::S("b".into()))].into(),
            ..Query::default()
        })
        .await
        .expect("a page");
    assert_eq!((page.items.len(), page.next), (1, None));
    let mut scanned = 0;
    let mut start = None;
    loop {
        let page = db
            .scan(Scan {
                table: "orders".into(),
                limit: Some(2),
                start,
                ..Scan::default()
            })
            .await
            .expect("a page");
        scanned += page.items.len();
        start = page.next;
        if start.is_none() {
            break;
        }
    }
    assert_eq!(scanned, 3);
    db.delete_item(DeleteItem {
        table: "orders".into(),
        key,
        ..DeleteItem::default()
    })
    .await
    .expect("deleted");
    assert_eq!(db.get_item(get).await.expect("read"), None);
    let counts = session.counts().snapshot();
    assert_eq!(counts["dynamodb"]["TransactWriteItems"], 2);
    assert_eq!(counts["dynamodb"]["PutItem"], 2);
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_recognised() {
    let (session, emulator, db) = with_orders().await;
    emulator.faults().add(Rule::next(
        Service::DynamoDb,
        "PutItem",
        1,
        Fault::DropAnswer,
    ));
    let error = db
        .put_item(put("a", "new"))
        .await
        .expect_err("our own item");
    assert!(error.lost_answer());
    match error {
        Error::ConditionFailed { item, .. } => assert_eq!(item, Some(put("a", "new").item)),
        other => panic!("{other:?}"),
    }
    assert_eq!(session.counts().snapshot()["dynamodb"]["PutItem"], 2);
}

#[tokio::test]
async fn regions_and_accounts() {
    let (session, _emulator, _db) = with_orders().await;
    assert_eq!(session.region(), "us-east-1");
    assert_eq!(
        session.account_id().await.expect("sts").as_deref(),
        Some("123456789012")
    );
    assert_eq!(session.partition(), "aws");
    let there = session.in_region("eu-west-1");
    assert!(
        there
            .dynamodb()
            .list_tables()
            .await
            .expect("names")
            .is_empty()
    );
    assert_eq!(session.counts().snapshot()["sts"]["GetCallerIdentity"], 1);
}

#[tokio::test]
async fn objects_with_conditions_and_versions() {
    let (session, _emulator) = session().await;
    let s3 = session.s3();
    assert!(
        s3.head_bucket("states")
            .await
            .expect_err("none")
            .is_not_found()
    );
    s3.create_bucket(CreateBucket {
        bucket: "states".into(),
        ..CreateBucket::default()
    })
    .await
    .expect("a bucket");
    s3.head_bucket("states").await.expect("a bucket");
    assert_eq!(
        s3.get_bucket_versioning("states").await.expect("none"),
        None
    );
    s3.put_bucket_versioning("states", "Enabled")
        .await
        .expect("versions");
    assert_eq!(
        s3.get_bucket_versioning("states")
            .await
            .expect("some")
            .as_deref(),
        Some("Enabled")
    );
    let put = |body: &'static str| PutObject {
        bucket: "states".into(),
        key: "env:/dev/app.tfstate".into(),
        body: Bytes::from_static(body.as_bytes()),
        content_type: Some("application/json".into()),
        ..PutObject::default()
    };
    let first = s3
        .put_object(PutObject {
            if_none_match: true,
            ..put("{}")
        })
        .await
        .expect("the first");
    let again = s3
        .put_object(PutObject {
            if_none_match: true,
            ..put("[]")
        })
        .await
        .expect_err("there is one");
    assert_eq!(again.class(), Class::PreconditionFailed, "{again}");
    let second = s3
        .put_object(PutObject {
            if_match: first.etag.clone(),
            ..put("[1]")
        })
        .await
        .expect("the second");
    let stale = s3
        .put_object(PutObject {
            if_match: first.etag.clone(),
            ..put("[2]")
        })
        .await
        .expect_err("stale");
    assert_eq!(stale.class(), Class::PreconditionFailed, "{stale}");

    let get = GetObject {
        bucket: "states".into(),
        key: "env:/dev/app.tfstate".into(),
        ..GetObject::default()
    };
    let object = s3.get_object(get.clone()).await.expect("an object");
    assert_eq!(&object.body[..], b"[1]");
    assert_eq!(object.head.etag, second.etag);
    assert_eq!(
        object.head.content_type.as_deref(),
        Some("application/json")
    );
    let old = s3
        .get_object(GetObject {
            version_id: first.version_id,
            ..get.clone()
        })
        .await
        .expect("the old version");
    assert_eq!(&old.body[..], b"{}");
    let head = s3
        .head_object(HeadObject {
            bucket: "states".into(),
            key: "env:/dev/app.tfstate".into(),
            ..HeadObject::default()
        })
        .await
        .expect("an object");
    assert_eq!(head.content_length, 3);
    let listed = s3
        .list_objects(ListObjects {
            bucket: "states".into(),
            prefix: "env:/".into(),
            limit: None,
        })
        .await
        .expect("a listing");
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].key, "env:/dev/app.tfstate");
    let delete = |tag: Option<String>| DeleteObject {
        bucket: "states".into(),
        key: "env:/dev/app.tfstate".into(),
        if_match: tag,
        version_id: None,
    };
    let stale = s3
        .delete_object(delete(first.etag))
        .await
        .expect_err("stale");
    assert_eq!(stale.class(), Class::PreconditionFailed, "{stale}");
    s3.delete_object(delete(second.etag))
        .await
        .expect("deleted");
    let gone = s3.get_object(get).await.expect_err("gone");
    assert!(gone.is_not_found(), "{gone}");
}

#[tokio::test]
async fn the_same_over_the_network() {
    let emulator = Emulator::in_memory(Config::default()).expect("a store in memory");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let stop = tokio_util::sync::CancellationToken::new();
    let server = tokio::spawn(trueup_emulator::serve::serve(
        emulator,
        listener,
        stop.clone(),
    ));
    let mut settings = Settings {
        region: Some("eu-west-1".into()),
        access_key: Some("test".into()),
        secret_key: Some("test".into()),
        use_path_style: true,
        https_proxy: Some(String::new()),
        ..Settings::default()
    };
    for service in ["dynamodb", "s3", "sts", "kms"] {
        settings.endpoints.set(service, url.as_str());
    }
    settings.assume_role.push(trueup_aws::AssumeRole {
        role_arn: "arn:aws:iam::123456789012:role/writer".into(),
        tags: words(&[("team", "red")]),
        ..Default::default()
    });
    let session = Session::connect(settings, Transport::default())
        .await
        .expect("the server is there");
    assert_eq!(
        session.account_id().await.expect("known").as_deref(),
        Some("123456789012")
    );
    let db = session.dynamodb();
    db.create_table(orders()).await.expect("a table");
    db.put_item(put("a", "new")).await.expect("put");
    let table = db.describe_table("orders").await.expect("a table");
    assert!(table.arn.contains(":eu-west-1:"), "{}", table.arn);
    let s3 = session.s3();
    s3.create_bucket(CreateBucket {
        bucket: "states".into(),
        ..CreateBucket::default()
    })
    .await
    .expect("a bucket");
    s3.put_object(PutObject {
        bucket: "states".into(),
        key: "app.tfstate".into(),
        body: Bytes::from_static(b"{}"),
        content_md5: Some("mZFLkyvTelC5g8XnyQrpOw==".into()),
        checksum_sha256: Some("RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=".into()),
        ..PutObject::default()
    })
    .await
    .expect("an object");
    let key = session.kms().describe_key("alias/aws/dynamodb").await;
    assert!(key.expect("a key").arn.contains(":eu-west-1:"));
    stop.cancel();
    server.await.expect("no panic").expect("served");
}

#[tokio::test]
async fn the_default_key_of_dynamodb() {
    let (session, _emulator) = session().await;
    let key = session
        .kms()
        .describe_key("alias/aws/dynamodb")
        .await
        .expect("a key");
    assert_eq!(key.manager.as_deref(), Some("AWS"));
    let want = format!("arn:aws:kms:us-east-1:123456789012:key/{}", key.key_id);
    assert_eq!(key.arn, want);
    assert_eq!(session.counts().snapshot()["kms"]["DescribeKey"], 1);
}
