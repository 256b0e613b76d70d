//! Resource policies of tables.

use serde_json::json;
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::ApplyOutcome;

use super::{ARN, POLICY, TABLE, policy, table};
use crate::bed::{bed, to_json};
use crate::looks::{imported, private, settled};

#[tokio::test]
async fn a_resource_policy_is_made_changed_and_removed() {
    let bed = bed().await;
    bed.apply(TABLE, None, &table()).await;
    let config = policy(json!(["dynamodb:GetItem"]));
    let planned = bed.plan(POLICY, None, &config);
    assert_eq!(
        to_json(&planned.value)["confirm_remove_self_resource_access"],
        json!(false)
    );
    let object = bed.apply(POLICY, None, &config).await;
    let value = to_json(&object.value);
    assert_eq!(value["id"], ARN);
    assert_eq!(value["policy"], config["policy"]);
    assert_eq!(private(&object), None);
    settled(&bed, POLICY, &object, &config).await;
    let more = policy(json!(["dynamodb:GetItem", "dynamodb:Query"]));
    let planned = bed.plan(POLICY, Some(&object), &more);
    assert_eq!(
        to_json(&planned.value)["revision_id"],
        json!({"$unknown": true})
    );
    assert_eq!(to_json(&planned.value)["id"], ARN);
    let before = bed.sent();
    let changed = bed.apply(POLICY, Some(&object), &more).await;
    let sent = bed.sent();
    assert_eq!(sent["PutResourcePolicy"], before["PutResourcePolicy"] + 1);
    assert_eq!(sent["GetResourcePolicy"], before["GetResourcePolicy"]);
    assert_ne!(to_json(&changed.value)["revision_id"], value["revision_id"]);
    settled(&bed, POLICY, &changed, &more).await;
    let found = imported(&bed, POLICY, ARN).await.expect("it is there");
    settled(&bed, POLICY, &found, &more).await;
    bed.delete(POLICY, &changed).await;
    assert!(bed.read(POLICY, &changed).await.is_none());
    bed.delete(POLICY, &changed).await;
}

#[tokio::test]
async fn a_resource_policy_in_other_words_is_no_difference() {
    let bed = bed().await;
    bed.apply(TABLE, None, &table()).await;
    let config = policy(json!(["dynamodb:GetItem", "dynamodb:Query"]));
    let object = bed.apply(POLICY, None, &config).await;
    let same = json!({"resource_arn": ARN, "policy": json!({"Statement": {
        "Action": ["dynamodb:Query", "dynamodb:GetItem"], "Effect": "Allow", "Resource": [ARN],
        "Principal": {"AWS": ["210987654321"]}, "Sid": "Peer",
    }, "Version": "2012-10-17"}).to_string()});
    settled(&bed, POLICY, &object, &same).await;
    // AWS says it in these words from now on: what stands in state stays.
    let put = trueup_aws::dynamodb::PutResourcePolicy {
        resource_arn: ARN.to_owned(),
        policy: same["policy"].as_str().expect("a text").to_owned(),
        ..Default::default()
    };
    bed.dynamodb.put_resource_policy(put).await.expect("put");
    let read = bed.read(POLICY, &object).await.expect("it is there");
    assert_eq!(to_json(&read.value)["policy"], config["policy"]);
}

#[tokio::test]
async fn a_resource_policy_that_is_not_seen_at_once_is_waited_for() {
    let bed = bed().await;
    let orders = bed.apply(TABLE, None, &table()).await;
    let unseen = Fault::FailBefore {
        status: 400,
        code: "PolicyNotFoundException".to_owned(),
        message: "not yet".to_owned(),
    };
    let faults = bed.emulator.faults();
    faults.add(Rule::next(
        Service::DynamoDb,
        "GetResourcePolicy",
        2,
        unseen,
    ));
    let config = policy(json!("dynamodb:GetItem"));
    let (outcome, heard) = bed.try_apply(POLICY, None, Some(&config)).await;
    assert!(matches!(outcome, ApplyOutcome::Done(..)), "{outcome:?}");
    assert_eq!(
        *heard.waited.lock().expect("not poisoned"),
        [format!(
            "waiting for the policy of {ARN} to be seen (not found)"
        )]
    );
    // A stream has a policy of its own.
    let stream = to_json(&orders.value)["stream_arn"].clone();
    let config =
        json!({"resource_arn": stream, "policy": "{\"Version\":\"2012-10-17\",\"Statement\":[]}"});
    let object = bed.apply(POLICY, None, &config).await;
    settled(&bed, POLICY, &object, &config).await;
}
