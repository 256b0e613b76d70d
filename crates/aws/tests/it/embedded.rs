//! Tables and their items, against the embedded AWS.
use trueup_aws::dynamodb::{
    BatchGet, CreateIndex, DeleteItem, GetItem, IndexUpdate, Projection, Query, Scan, Throughput,
    TransactWrite, UpdateItem, UpdateTable, WriteAction,
};
use trueup_aws::{AttributeValue, Error};
use trueup_emulator::{Fault, Rule, Service};

use crate::bed::{attribute, key, orders, put, session, with_orders};
use crate::{item, words};

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
