//! What stands beside a table, on the embedded AWS: insights, Kinesis destinations, policies, tags.
// tidy: long because one bed and one table serve all types beside a table

use std::sync::Arc;

use serde_json::{Value as Json, json};
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::{Adoption, ApplyOutcome, Intent, ReadOutcome, ReadRequest, StepKind};

use crate::bed::{address, bed, over, to_json};
use crate::looks::{failed, imported, plain, private, settled};

const TABLE: &str = "aws_dynamodb_table";
const INSIGHTS: &str = "aws_dynamodb_contributor_insights";
const KINESIS: &str = "aws_dynamodb_kinesis_streaming_destination";
const POLICY: &str = "aws_dynamodb_resource_policy";
const TAG: &str = "aws_dynamodb_tag";

const ARN: &str = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";
const STREAM: &str = "arn:aws:kinesis:eu-west-1:123456789012:stream/changes";

fn table() -> Json {
    json!({
        "name": "orders", "billing_mode": "PAY_PER_REQUEST", "hash_key": "pk",
        "attribute": [{"name": "pk", "type": "S"}, {"name": "a", "type": "S"}],
        "global_secondary_index": [{"name": "by_status", "hash_key": "a", "projection_type": "ALL"}],
        "stream_enabled": true, "stream_view_type": "NEW_IMAGE",
    })
}

fn policy(actions: Json) -> Json {
    let text = json!({"Version": "2012-10-17", "Statement": [{
        "Sid": "Peer", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
        "Action": actions, "Resource": ARN,
    }]});
    json!({"resource_arn": ARN, "policy": text.to_string()})
}

fn tag(value: &str) -> Json {
    json!({"resource_arn": ARN, "key": "team", "value": value})
}

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

#[tokio::test]
async fn a_kinesis_destination_lives_and_ends() {
    let bed = bed().await;
    bed.apply(TABLE, None, &table()).await;
    let config = json!({"table_name": "orders", "stream_arn": STREAM});
    let (outcome, heard) = bed.try_apply(KINESIS, None, Some(&config)).await;
    let ApplyOutcome::Done(Some(object), _) = outcome else {
        panic!("created: {outcome:?}");
    };
    assert_eq!(
        plain(&object),
        json!({
            "approximate_creation_date_time_precision": null, "id": format!("orders,{STREAM}"),
            "stream_arn": STREAM, "table_name": "orders",
        })
    );
    assert_eq!(private(&object), Some("null"));
    assert_eq!(
        *heard.waited.lock().expect("not poisoned"),
        [format!(
            "waiting for Kinesis destination {STREAM} of table orders to become ACTIVE (ENABLING)"
        )]
    );
    settled(&bed, KINESIS, &object, &config).await;
    let found = imported(&bed, KINESIS, &format!("orders,{STREAM}"))
        .await
        .expect("it is there");
    let mut precise = config.clone();
    precise["approximate_creation_date_time_precision"] = json!("MILLISECOND");
    settled(&bed, KINESIS, &found, &config).await;
    settled(&bed, KINESIS, &found, &precise).await;
    precise["approximate_creation_date_time_precision"] = json!("MICROSECOND");
    let planned = bed.plan(KINESIS, Some(&found), &precise);
    assert_eq!(planned.requires_replace.len(), 1);
    bed.delete(KINESIS, &object).await;
    assert!(bed.read(KINESIS, &object).await.is_none());
    // It is off: to turn it off again is no error, and it can be turned on again.
    bed.delete(KINESIS, &object).await;
    let object = bed.apply(KINESIS, None, &precise).await;
    settled(&bed, KINESIS, &object, &precise).await;
}

#[tokio::test]
async fn a_kinesis_destination_gone_outside_or_with_its_table_is_gone() {
    let bed = bed().await;
    let orders = bed.apply(TABLE, None, &table()).await;
    let config = json!({"table_name": "orders", "stream_arn": STREAM});
    let object = bed.apply(KINESIS, None, &config).await;
    let off = bed.dynamodb.disable_kinesis_destination("orders", STREAM);
    off.await.expect("turned off");
    assert!(bed.read(KINESIS, &object).await.is_none());
    bed.delete(TABLE, &orders).await;
    assert!(bed.read(KINESIS, &object).await.is_none());
    bed.delete(KINESIS, &object).await;
}

#[tokio::test]
async fn a_kinesis_stream_is_checked_before_and_by_the_service() {
    let bed = bed().await;
    bed.apply(TABLE, None, &table()).await;
    let of = |arn: &str| json!({"table_name": "orders", "stream_arn": arn});
    for (arn, summary) in [
        (
            "changes",
            "\"stream_arn\" (changes) is an invalid ARN: arn: invalid prefix",
        ),
        (
            ARN,
            "\"stream_arn\" (arn:aws:dynamodb:eu-west-1:123456789012:table/orders) is not the ARN of a Kinesis stream",
        ),
    ] {
        assert_eq!(bed.provider_problems(KINESIS, &of(arn)), [summary]);
    }
    let foreign = "arn:aws:kinesis:eu-west-1:210987654321:stream/changes";
    let (outcome, heard) = bed.try_apply(KINESIS, None, Some(&of(foreign))).await;
    let (object, summary) = failed(outcome);
    assert!(object.is_none());
    assert!(heard.created.lock().expect("not poisoned").is_empty());
    assert!(
        summary.contains("Stream changes under account 210987654321 not found"),
        "{summary}"
    );
}

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

#[tokio::test]
async fn a_tag_is_put_changed_and_taken_off() {
    let bed = bed().await;
    bed.apply(TABLE, None, &table()).await;
    let object = bed.apply(TAG, None, &tag("red")).await;
    assert_eq!(
        plain(&object),
        json!({"id": format!("{ARN},team"), "key": "team", "resource_arn": ARN, "value": "red"})
    );
    settled(&bed, TAG, &object, &tag("red")).await;
    let object = bed.apply(TAG, Some(&object), &tag("blue")).await;
    settled(&bed, TAG, &object, &tag("blue")).await;
    let found = imported(&bed, TAG, &format!("{ARN},team"))
        .await
        .expect("it is there");
    settled(&bed, TAG, &found, &tag("blue")).await;
    let other = json!({"resource_arn": ARN, "key": "squad", "value": "blue"});
    assert_eq!(
        bed.plan(TAG, Some(&object), &other).requires_replace.len(),
        1
    );
    let keys = vec!["team".to_owned()];
    bed.dynamodb
        .untag_resource(ARN, keys)
        .await
        .expect("untagged");
    assert!(bed.read(TAG, &object).await.is_none());
    bed.delete(TAG, &object).await;
}

#[tokio::test]
async fn a_tag_of_another_region_is_put_there() {
    let bed = bed().await;
    let mut config = table();
    config["region"] = json!("us-east-1");
    bed.apply(TABLE, None, &config).await;
    let there = ARN.replace("eu-west-1", "us-east-1");
    let config = json!({"resource_arn": there, "key": "team", "value": "red"});
    let object = bed.apply(TAG, None, &config).await;
    settled(&bed, TAG, &object, &config).await;
    bed.delete(TAG, &object).await;
    assert!(bed.read(TAG, &object).await.is_none());
}

#[tokio::test]
async fn many_are_read_by_one_look_each_subject() {
    let bed = bed().await;
    bed.apply(TABLE, None, &table()).await;
    let mut objects = Vec::new();
    for n in 0..20 {
        let config = json!({"resource_arn": ARN, "key": format!("k{n}"), "value": "v"});
        objects.push(bed.apply(TAG, None, &config).await);
    }
    let requests = objects.iter().map(|object| ReadRequest {
        address: Arc::new(address(TAG, "a")),
        prior: object.clone(),
    });
    let before = bed.sent().get("ListTagsOfResource").copied().unwrap_or(0);
    let read = bed.kind(TAG).read_many(&bed.cx, requests.collect()).await;
    assert_eq!(bed.sent()["ListTagsOfResource"], before + 1);
    for (outcome, object) in read.iter().zip(&objects) {
        let ReadOutcome::Present(found) = outcome else {
            panic!("{outcome:?}");
        };
        assert!(found.value.raw_equals(&object.value));
    }
}

#[tokio::test]
async fn a_failing_wait_loses_nothing_and_a_lost_answer_is_made_up_for() {
    let bed = bed().await;
    bed.apply(TABLE, None, &table()).await;
    let denied = Fault::FailBefore {
        status: 400,
        code: "AccessDeniedException".to_owned(),
        message: "not allowed".to_owned(),
    };
    let faults = bed.emulator.faults();
    faults.add(Rule::next(
        Service::DynamoDb,
        "DescribeContributorInsights",
        1,
        denied,
    ));
    let config = json!({"table_name": "orders"});
    let (outcome, _) = bed.try_apply(INSIGHTS, None, Some(&config)).await;
    let (object, summary) = failed(outcome);
    let object = object.expect("it was turned on");
    assert_eq!(
        summary,
        "creating DynamoDB Contributor Insights (orders): AccessDeniedException: not allowed"
    );
    assert!(bed.read(INSIGHTS, &object).await.is_some());
    // An answer that is lost each time: the next run finds what was made.
    let kind = bed.kind(TAG);
    let wanted = bed.plan(TAG, None, &tag("red")).value;
    let intent = |kind_of: StepKind| Intent {
        address: Arc::new(address(TAG, "a")),
        kind: kind_of,
        identity: kind.identity(&wanted),
        at_ms: 0,
        planned_digest: Some(kind.digest(&wanted)),
        prior_digest: None,
        in_state: None,
        made: None,
    };
    let judged = |kind_of| {
        let intents = vec![intent(kind_of)];
        let kind = bed.kind(TAG);
        let cx = bed.cx.clone();
        async move { kind.recover(&cx, intents).await.remove(0) }
    };
    let adoption = judged(StepKind::Create).await;
    assert!(matches!(adoption, Adoption::Forget), "{adoption:?}");
    bed.apply(TAG, None, &tag("red")).await;
    let Adoption::Adopt(object) = judged(StepKind::Create).await else {
        panic!("it was made");
    };
    settled(&bed, TAG, &object, &tag("red")).await;
    bed.delete(TAG, &object).await;
    let adoption = judged(StepKind::Delete).await;
    assert!(matches!(adoption, Adoption::Gone), "{adoption:?}");
}

#[tokio::test]
async fn a_store_that_knows_none_of_it_has_none_of_it() {
    let bed = bed().await;
    bed.apply(TABLE, None, &table()).await;
    for (kind, operation, config) in [
        (
            INSIGHTS,
            "DescribeContributorInsights",
            json!({"table_name": "orders"}),
        ),
        (
            KINESIS,
            "DescribeKinesisStreamingDestination",
            json!({"table_name": "orders", "stream_arn": STREAM}),
        ),
        (
            POLICY,
            "GetResourcePolicy",
            policy(json!("dynamodb:GetItem")),
        ),
        (TAG, "ListTagsOfResource", tag("red")),
    ] {
        let object = bed.apply(kind, None, &config).await;
        let unknown = Fault::FailBefore {
            status: 400,
            code: "UnknownOperationException".to_owned(),
            message: String::new(),
        };
        let faults = bed.emulator.faults();
        faults.add(Rule::next(Service::DynamoDb, operation, 1, unknown));
        assert!(bed.read(kind, &object).await.is_none(), "{kind}");
    }
}

#[tokio::test]
async fn import_ids_say_what_they_look_like() {
    let bed = bed().await;
    for (kind, id) in [
        (INSIGHTS, "orders"),
        (KINESIS, "orders"),
        (POLICY, "orders"),
        (TAG, ARN),
    ] {
        let found = bed.kind(kind).import(&bed.cx, id).await;
        let problem = found.expect_err("refused");
        assert_eq!(problem.summary, format!("unexpected format of ID ({id})"));
    }
    let missing = bed.kind(POLICY).import(&bed.cx, ARN).await;
    let problem = missing.expect_err("there is none");
    assert_eq!(problem.summary, "Cannot import non-existent remote object");
}

#[tokio::test]
async fn what_stands_on_a_table_is_made_again_with_it() {
    let first = bed().await;
    let orders = first.apply(TABLE, None, &table()).await;
    let mut beside = Vec::new();
    for (kind, config) in [
        (INSIGHTS, json!({"table_name": "orders"})),
        (
            KINESIS,
            json!({"table_name": "orders", "stream_arn": STREAM}),
        ),
        (POLICY, policy(json!("dynamodb:GetItem"))),
        (TAG, tag("red")),
    ] {
        let object = first.apply(kind, None, &config).await;
        beside.push((kind, config, object));
    }
    let next = over(first.emulator.clone(), json!({"region": "eu-west-1"})).await;
    let read = next.read(TABLE, &orders).await.expect("it is there");
    next.plan(TABLE, Some(&read), &table());
    for (kind, config, object) in &beside {
        let planned = next.plan(kind, Some(object), config);
        assert!(planned.requires_replace.is_empty(), "{kind}");
    }
    // A replacement is planned as a creation where a table is.
    next.plan(TABLE, None, &table());
    for (kind, config, object) in &beside {
        let planned = next.plan(kind, Some(object), config);
        assert_eq!(planned.requires_replace.len(), 1, "{kind}");
    }
}
