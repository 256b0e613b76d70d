//! Reading items in batches.
use serde_json::{Value, json};
use trueup_aws::dynamodb::BatchGet;
use trueup_aws::{Class, Item};

use crate::{item, scripted};

fn keys(count: usize) -> Vec<Item> {
    (0..count)
        .map(|n| item(&[("pk", &format!("k{n:03}"))]))
        .collect()
}

fn batch(count: usize) -> BatchGet {
    BatchGet {
        table: "orders".into(),
        keys: keys(count),
        consistent: true,
        ..BatchGet::default()
    }
}

/// Answers a BatchGetItem with the first `most` keys and leaves the rest unprocessed.
fn some(request: &[u8], most: usize) -> String {
    let request: Value = serde_json::from_slice(request).expect("JSON");
    let table = &request["RequestItems"]["orders"];
    assert_eq!(table["ConsistentRead"], json!(true));
    let keys = table["Keys"].as_array().expect("keys");
    assert!(keys.len() <= 100, "{} keys", keys.len());
    let (now, later) = keys.split_at(keys.len().min(most));
    let unprocessed = if later.is_empty() {
        json!({})
    } else {
        json!({ "orders": { "Keys": later, "ConsistentRead": true } })
    };
    json!({ "Responses": { "orders": now }, "UnprocessedKeys": unprocessed }).to_string()
}

#[tokio::test]
async fn reads_100_keys_a_request_and_asks_again_for_the_unprocessed() {
    for (count, most, requests) in [(0, 100, 0), (1, 100, 1), (250, 100, 3), (100, 40, 3)] {
        let session = scripted(move |r| crate::json(200, &some(r.body(), most))).await;
        let mut found = session
            .dynamodb()
            .batch_get_item(batch(count))
            .await
            .expect("items");
        found.sort();
        assert_eq!(found, keys(count));
        let sent = session.counts().snapshot();
        let sent = sent.get("dynamodb").map_or(0, |d| d["BatchGetItem"]);
        assert_eq!(sent, requests, "{count} keys, {most} at a time");
    }
}

#[tokio::test]
async fn gives_up_when_no_round_brings_anything() {
    let session = scripted(|r| crate::json(200, &some(r.body(), 0))).await;
    let error = session
        .dynamodb()
        .batch_get_item(batch(2))
        .await
        .expect_err("throttled");
    assert_eq!(error.class(), Class::Throttled);
    assert!(error.to_string().contains("2 keys"), "{error}");
}
