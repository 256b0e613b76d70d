//! What stands beside a table, on the embedded AWS: insights, Kinesis destinations, policies, tags.

mod destinations;
mod insights;
mod policies;
mod tags;

use serde_json::{Value as Json, json};
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::{Adoption, Intent, ReadOutcome, ReadRequest, StepKind};

use crate::bed::{address, bed, over};
use crate::looks::{failed, settled};

use std::sync::Arc;

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
