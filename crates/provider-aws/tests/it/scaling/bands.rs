//! What autoscaling means to the capacity of a table: within its band it is no drift.

use serde_json::json;
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::Object;

use super::{TABLE, TARGET, calls, index_target, target, with_table};
use crate::bed::{Bed, to_json};
use crate::looks::settled;
use crate::tables::everything;

/// Moves capacity as the service does, behind everybody's back.
async fn moved_to(bed: &Bed, read: i64, index_read: i64) {
    let request = trueup_aws::dynamodb::UpdateTable {
        table: "orders".into(),
        throughput: Some(trueup_aws::dynamodb::Throughput { read, write: 6 }),
        index_updates: vec![trueup_aws::dynamodb::IndexUpdate::Update(
            trueup_aws::dynamodb::UpdateIndex {
                name: "by_status".into(),
                throughput: Some(trueup_aws::dynamodb::Throughput {
                    read: index_read,
                    write: 2,
                }),
                ..Default::default()
            },
        )],
        ..Default::default()
    };
    bed.dynamodb.update_table(request).await.expect("moved");
    for _ in 0..4 {
        bed.dynamodb.describe_table("orders").await.expect("there");
    }
}

/// A table with bands on its read units and those of its index.
async fn banded() -> (Bed, Object) {
    let (bed, table) = with_table().await;
    bed.apply(TARGET, None, &target()).await;
    let mut index = index_target();
    index["scalable_dimension"] = json!("dynamodb:index:ReadCapacityUnits");
    bed.apply(TARGET, None, &index).await;
    (bed, table)
}

#[tokio::test]
async fn capacity_that_moves_within_its_band_is_no_drift() {
    let (bed, table) = banded().await;
    let asked = calls(&bed, "DescribeScalableTargets");
    settled(&bed, TABLE, &table, &everything()).await;
    // Nothing moved, nothing was asked.
    assert_eq!(calls(&bed, "DescribeScalableTargets"), asked);
    moved_to(&bed, 17, 9).await;
    settled(&bed, TABLE, &table, &everything()).await;
    assert_eq!(calls(&bed, "DescribeScalableTargets"), asked + 1);
    // Another change leaves the capacities where they are.
    let mut tagged = everything();
    tagged["tags"] = json!({"team": "blue"});
    tagged["deletion_protection_enabled"] = json!(true);
    let changed = bed.apply(TABLE, Some(&table), &tagged).await;
    let there = bed.dynamodb.describe_table("orders").await.expect("there");
    assert_eq!(there.throughput.map(|units| units.read), Some(17));
    assert_eq!(
        there.global_indexes[0].throughput.map(|units| units.read),
        Some(9)
    );
    assert_eq!(to_json(&changed.value)["read_capacity"], json!(7));
    settled(&bed, TABLE, &changed, &tagged).await;
}

#[tokio::test]
async fn capacity_outside_its_band_is_drift() {
    let (bed, table) = banded().await;
    // The write units have no band.
    for (read, drifts) in [(50, false), (51, true), (4, true)] {
        moved_to(&bed, read, 9).await;
        let bed = fresh(&bed).await;
        let found = bed.read(TABLE, &table).await.expect("there");
        let capacity = to_json(&found.value)["read_capacity"].clone();
        assert_eq!(capacity, json!(if drifts { read } else { 7 }), "{read}");
        let planned = bed.plan(TABLE, Some(&found), &everything());
        assert_eq!(!planned.value.raw_equals(&found.value), drifts, "{read}");
    }
}

/// The same world in another run.
async fn fresh(bed: &Bed) -> Bed {
    crate::bed::over(bed.emulator.clone(), json!({"region": "eu-west-1"})).await
}

#[tokio::test]
async fn an_imported_table_keeps_the_capacity_that_autoscaling_gave_it() {
    let (bed, _) = banded().await;
    moved_to(&bed, 17, 9).await;
    let bed = fresh(&bed).await;
    let found = bed
        .kind(TABLE)
        .import(&bed.cx, "orders")
        .await
        .expect("imported");
    let object = found[0].object.clone();
    assert_eq!(to_json(&object.value)["read_capacity"], json!(17));
    let planned = bed.plan(TABLE, Some(&object), &everything());
    let state = to_json(&planned.value);
    assert_eq!(state["read_capacity"], json!(17));
    assert_eq!(
        state["global_secondary_index"][0]["read_capacity"],
        json!(9)
    );
    // It goes on moving, and nobody minds.
    moved_to(&bed, 23, 11).await;
    let bed = fresh(&bed).await;
    let read = bed.read(TABLE, &object).await.expect("there");
    assert_eq!(to_json(&read.value)["read_capacity"], json!(17));
    // Without its bands it is a capacity like any other.
    for id in [
        "dynamodb/table/orders/dynamodb:table:ReadCapacityUnits",
        "dynamodb/table/orders/index/by_status/dynamodb:index:ReadCapacityUnits",
    ] {
        let target = bed
            .kind(TARGET)
            .import(&bed.cx, id)
            .await
            .expect("a target");
        bed.delete(TARGET, &target[0].object).await;
    }
    let bed = fresh(&bed).await;
    let read = bed.read(TABLE, &read).await.expect("there");
    assert_eq!(to_json(&read.value)["read_capacity"], json!(23));
    let planned = bed.plan(TABLE, Some(&read), &everything());
    assert_eq!(to_json(&planned.value)["read_capacity"], json!(7));
}

#[tokio::test]
async fn who_may_not_ask_sees_the_capacity_as_it_is() {
    let (bed, table) = banded().await;
    moved_to(&bed, 17, 9).await;
    bed.emulator.faults().add(Rule::next(
        Service::AutoScaling,
        "DescribeScalableTargets",
        1,
        Fault::FailBefore {
            status: 400,
            code: "AccessDeniedException".into(),
            message: "no".into(),
        },
    ));
    let found = bed.read(TABLE, &table).await.expect("there");
    assert_eq!(to_json(&found.value)["read_capacity"], json!(17));
}
