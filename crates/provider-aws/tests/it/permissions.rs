//! What a refresh and a plan may do: they need no right to change anything, and what they may not ask
//! beside a table is left out.

use std::collections::BTreeMap;

use serde_json::json;
use trueup_emulator::{Fault, Rule, Service};

use crate::bed::{bed, over};
use crate::looks::{imported, settled};
use crate::tables::everything;

const TABLE: &str = "aws_dynamodb_table";

#[tokio::test]
async fn a_refresh_and_a_plan_need_rights_to_look_alone() {
    let first = bed().await;
    let table = first.apply(TABLE, None, &everything()).await;
    let next = over(first.emulator.clone(), json!({"region": "eu-west-1"})).await;
    settled(&next, TABLE, &table, &everything()).await;
    let sent: BTreeMap<String, BTreeMap<String, u64>> =
        next.counts.snapshot().into_iter().collect();
    let changing: Vec<&String> = sent
        .values()
        .flat_map(BTreeMap::keys)
        .filter(|name| {
            !["Describe", "Get", "List"]
                .iter()
                .any(|look| name.starts_with(look))
        })
        .collect();
    assert!(changing.is_empty(), "{changing:?}");
}

#[tokio::test]
async fn who_may_not_ask_of_keys_sees_the_key_that_is_told() {
    let first = bed().await;
    let config = json!({
        "name": "orders", "billing_mode": "PAY_PER_REQUEST", "hash_key": "pk",
        "attribute": [{"name": "pk", "type": "S"}],
        "server_side_encryption": [{"enabled": true}],
    });
    first.apply(TABLE, None, &config).await;
    let next = over(first.emulator.clone(), json!({"region": "eu-west-1"})).await;
    next.emulator.faults().add(Rule::next(
        Service::Kms,
        "DescribeKey",
        1,
        Fault::FailBefore {
            status: 400,
            code: "AccessDeniedException".into(),
            message: "no".into(),
        },
    ));
    let found = imported(&next, TABLE, "orders").await.expect("imported");
    settled(&next, TABLE, &found, &config).await;
}
