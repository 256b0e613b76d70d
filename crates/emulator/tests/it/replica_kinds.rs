//! The other kinds of global tables: strongly consistent ones, and those of version 2017.11.29.

use serde_json::{Value, json};

use crate::bed::{memory, orders};
use crate::replicas::{AWAY, HOME, call, describe, item, ok, put};

#[tokio::test]
async fn strong_consistency_takes_three_regions_of_one_set() {
    let emulator = memory(0);
    ok(&emulator, HOME, "CreateTable", orders()).await;
    let strong = |replicas: &[&str], witness: Option<&str>| {
        let updates: Vec<Value> = replicas
            .iter()
            .map(|region| json!({"Create": {"RegionName": region}}))
            .collect();
        let mut body = json!({
            "TableName": "orders",
            "MultiRegionConsistency": "STRONG",
            "ReplicaUpdates": updates,
        });
        if let Some(region) = witness {
            body["GlobalTableWitnessUpdates"] = json!([{"Create": {"RegionName": region}}]);
        }
        body
    };
    for (replicas, witness) in [
        (&["us-east-2"][..], None),
        (&["us-east-2", "eu-west-1"], None),
        (&["us-east-2", "us-west-2"], Some("us-west-1")),
    ] {
        let answer = call(&emulator, HOME, "UpdateTable", strong(replicas, witness)).await;
        assert_eq!(answer.error(), "ValidationException");
    }
    let eventual = json!({
        "TableName": "orders",
        "GlobalTableWitnessUpdates": [{"Create": {"RegionName": "us-west-2"}}],
    });
    let answer = call(&emulator, HOME, "UpdateTable", eventual).await;
    assert!(
        answer.text().contains("must be set as STRONG"),
        "{}",
        answer.text()
    );
    ok(
        &emulator,
        HOME,
        "UpdateTable",
        strong(&["us-east-2"], Some("us-west-2")),
    )
    .await;
    let table = describe(&emulator, HOME).await;
    assert_eq!(table["MultiRegionConsistency"], "STRONG");
    assert_eq!(table["GlobalTableWitnesses"][0]["RegionName"], "us-west-2");
    assert_eq!(table["GlobalTableWitnesses"][0]["WitnessStatus"], "ACTIVE");
    assert_eq!(table["Replicas"].as_array().map(Vec::len), Some(1));
    ok(&emulator, "us-east-2", "PutItem", put("a", "new")).await;
    assert_eq!(item(&emulator, HOME, "a").await["status"]["S"], "new");
    let one =
        json!({"TableName": "orders", "ReplicaUpdates": [{"Delete": {"RegionName": "us-east-2"}}]});
    let answer = call(&emulator, HOME, "UpdateTable", one.clone()).await;
    assert_eq!(answer.error(), "ValidationException");
    let mut all = one;
    all["GlobalTableWitnessUpdates"] = json!([{"Delete": {"RegionName": "us-west-2"}}]);
    ok(&emulator, HOME, "UpdateTable", all).await;
    assert_eq!(describe(&emulator, HOME).await["Replicas"], Value::Null);
}

#[tokio::test]
async fn a_legacy_global_table_ties_tables_together() {
    let emulator = memory(2);
    let mut table = orders();
    table["StreamSpecification"] =
        json!({"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"});
    let group = json!({
        "GlobalTableName": "orders",
        "ReplicationGroup": [{"RegionName": HOME}],
    });
    let early = call(&emulator, HOME, "CreateGlobalTable", group.clone()).await;
    assert_eq!(early.error(), "TableNotFoundException");
    for region in [HOME, AWAY] {
        ok(&emulator, region, "CreateTable", table.clone()).await;
        while describe(&emulator, region).await["TableStatus"] != "ACTIVE" {}
    }
    ok(&emulator, HOME, "CreateGlobalTable", group.clone()).await;
    let twice = call(&emulator, AWAY, "CreateGlobalTable", group).await;
    assert_eq!(twice.error(), "GlobalTableAlreadyExistsException");
    let named = json!({"GlobalTableName": "orders"});
    let status = |answer: Value| answer["GlobalTableDescription"]["GlobalTableStatus"].clone();
    for expected in ["CREATING", "CREATING", "ACTIVE"] {
        let answer = ok(&emulator, HOME, "DescribeGlobalTable", named.clone()).await;
        assert_eq!(status(answer), expected);
    }
    let add =
        json!({"GlobalTableName": "orders", "ReplicaUpdates": [{"Create": {"RegionName": AWAY}}]});
    let answer = ok(&emulator, HOME, "UpdateGlobalTable", add.clone()).await;
    assert_eq!(
        answer["GlobalTableDescription"]["GlobalTableArn"],
        "arn:aws:dynamodb::123456789012:global-table/orders"
    );
    let twice = call(&emulator, HOME, "UpdateGlobalTable", add).await;
    assert_eq!(twice.error(), "ReplicaAlreadyExistsException");
    ok(&emulator, AWAY, "PutItem", put("a", "new")).await;
    assert_eq!(item(&emulator, HOME, "a").await["status"]["S"], "new");
    let all = json!({"GlobalTableName": "orders", "ReplicaUpdates": [
        {"Delete": {"RegionName": HOME}}, {"Delete": {"RegionName": AWAY}},
    ]});
    ok(&emulator, HOME, "UpdateGlobalTable", all).await;
    for _ in 0..2 {
        let answer = ok(&emulator, HOME, "DescribeGlobalTable", named.clone()).await;
        assert_eq!(status(answer), "DELETING");
    }
    let gone = call(&emulator, HOME, "DescribeGlobalTable", named).await;
    assert_eq!(gone.error(), "GlobalTableNotFoundException");
    assert_eq!(item(&emulator, AWAY, "a").await["status"]["S"], "new");
}
