//! Contributor insights of tables and indexes.

use serde_json::json;
use trueup_provider::ApplyOutcome;

use super::{INSIGHTS, TABLE, table};
use crate::bed::{bed, to_json};
use crate::looks::{imported, plain, private, settled};

#[tokio::test]
async fn contributor_insights_of_a_table_and_an_index_live_and_end() {
    let bed = bed().await;
    bed.apply(TABLE, None, &table()).await;
    let of_table = json!({"table_name": "orders"});
    let of_index = json!({"table_name": "orders", "index_name": "by_status"});
    let (outcome, heard) = bed.try_apply(INSIGHTS, None, Some(&of_table)).await;
    let ApplyOutcome::Done(Some(object), _) = outcome else {
        panic!("created: {outcome:?}");
    };
    assert_eq!(
        plain(&object),
        json!({
            "id": "name:orders/index:/123456789012", "index_name": "", "mode": null,
            "table_name": "orders", "timeouts": null,
        })
    );
    assert_eq!(
        private(&object),
        Some(
            "{\"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0\":{\"create\":300000000000,\"delete\":300000000000}}"
        )
    );
    assert_eq!(
        *heard.waited.lock().expect("not poisoned"),
        ["waiting for contributor insights of table orders to become ENABLED (ENABLING)"]
    );
    assert_eq!(heard.created.lock().expect("not poisoned").len(), 1);
    let index = bed.apply(INSIGHTS, None, &of_index).await;
    assert_eq!(
        to_json(&index.value)["id"],
        "name:orders/index:by_status/123456789012"
    );
    settled(&bed, INSIGHTS, &object, &of_table).await;
    settled(&bed, INSIGHTS, &index, &of_index).await;
    let found = imported(&bed, INSIGHTS, "name:orders/index:by_status/123456789012")
        .await
        .expect("it is there");
    settled(&bed, INSIGHTS, &found, &of_index).await;
    bed.delete(INSIGHTS, &index).await;
    assert!(bed.read(INSIGHTS, &index).await.is_none());
    assert!(bed.read(INSIGHTS, &object).await.is_some());
    let planned = bed.plan(INSIGHTS, Some(&object), &of_index);
    assert_eq!(planned.requires_replace.len(), 1);
}

#[tokio::test]
async fn contributor_insights_change_their_mode_in_place() {
    let bed = bed().await;
    bed.apply(TABLE, None, &table()).await;
    let of = |mode: &str| json!({"table_name": "orders", "mode": mode});
    let object = bed.apply(INSIGHTS, None, &of("THROTTLED_KEYS")).await;
    settled(&bed, INSIGHTS, &object, &of("THROTTLED_KEYS")).await;
    let wanted = of("ACCESSED_AND_THROTTLED_KEYS");
    let object = bed.apply(INSIGHTS, Some(&object), &wanted).await;
    settled(&bed, INSIGHTS, &object, &wanted).await;
    let problems = bed.provider_problems(INSIGHTS, &of("ALL_KEYS"));
    assert_eq!(
        problems,
        [
            "expected mode to be one of [\"ACCESSED_AND_THROTTLED_KEYS\" \"THROTTLED_KEYS\"], got ALL_KEYS"
        ]
    );
}

#[tokio::test]
async fn contributor_insights_turned_off_outside_are_planned_again() {
    let bed = bed().await;
    bed.apply(TABLE, None, &table()).await;
    let config = json!({"table_name": "orders"});
    let object = bed.apply(INSIGHTS, None, &config).await;
    let off = bed
        .dynamodb
        .update_contributor_insights("orders", None, false, None);
    off.await.expect("turned off");
    assert!(bed.read(INSIGHTS, &object).await.is_none());
    // To delete what is off is no error.
    bed.delete(INSIGHTS, &object).await;
}
