//! The argument `region`: several regions under one provider configuration.

use std::sync::Arc;

use serde_json::json;
use trueup_aws::Error;
use trueup_aws::dynamodb::TableDescription;
use trueup_provider::{Provider, ReadOutcome, ReadRequest};

use crate::bed::{Bed, address, bed, coerce, errors, to_json};

const TABLE: &str = "aws_dynamodb_table";
const ITEM: &str = "aws_dynamodb_table_item";

fn table(region: Option<&str>) -> serde_json::Value {
    json!({
        "name": "orders", "billing_mode": "PAY_PER_REQUEST", "hash_key": "pk",
        "attribute": [{"name": "pk", "type": "S"}], "region": region,
    })
}

fn item(region: Option<&str>, key: &str) -> serde_json::Value {
    json!({
        "table_name": "orders", "hash_key": "pk", "region": region,
        "item": format!("{{\"pk\":{{\"S\":\"{key}\"}}}}"),
    })
}

async fn there(bed: &Bed, region: &str) -> Result<TableDescription, Error> {
    let dynamodb = bed.session_in(region).await.dynamodb();
    dynamodb.describe_table("orders").await
}

#[tokio::test]
async fn instances_live_in_the_region_they_name() {
    let bed = bed().await;
    let home = bed.apply(TABLE, None, &table(None)).await;
    let away = bed.apply(TABLE, None, &table(Some("us-east-1"))).await;
    let arn = |object: &trueup_provider::Object| to_json(&object.value)["arn"].clone();
    assert_eq!(
        arn(&home),
        "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
    );
    assert_eq!(
        arn(&away),
        "arn:aws:dynamodb:us-east-1:123456789012:table/orders"
    );
    // Nothing is written down where nothing is said, as releases 5.x have no such member.
    assert_eq!(to_json(&home.value)["region"], json!(null));
    assert_eq!(to_json(&away.value)["region"], "us-east-1");
    for (object, config) in [(&home, table(None)), (&away, table(Some("us-east-1")))] {
        let read = bed.read(TABLE, object).await.expect("it is there");
        let planned = bed.plan(TABLE, Some(&read), &config);
        assert!(planned.value.raw_equals(&read.value), "{config}");
        assert!(planned.requires_replace.is_empty());
    }
    bed.delete(TABLE, &away).await;
    assert!(there(&bed, "us-east-1").await.is_err());
    assert!(there(&bed, "eu-west-1").await.is_ok());
}

#[tokio::test]
async fn another_region_is_another_object_and_an_unset_one_stays() {
    let bed = bed().await;
    let home = bed.apply(TABLE, None, &table(None)).await;
    let away = bed.apply(TABLE, None, &table(Some("us-east-1"))).await;
    let replaced = |prior, config| {
        let planned = bed.plan(TABLE, Some(prior), &config);
        assert_eq!(errors(&planned.problems), Vec::<String>::new());
        !planned.requires_replace.is_empty()
    };
    assert!(replaced(&home, table(Some("us-east-1"))));
    assert!(replaced(&away, table(Some("us-west-2"))));
    // Unset and the provider's own are one; a region that was named once stays.
    assert!(!replaced(&home, table(Some("eu-west-1"))));
    assert!(!replaced(&away, table(None)));
    assert!(
        bed.plan(TABLE, Some(&away), &table(None))
            .value
            .raw_equals(&away.value)
    );
    let mut unsure = table(None);
    unsure["region"] = json!({"$unknown": true});
    assert!(replaced(&home, unsure));
    // To write down the provider's own region takes no call.
    let before = bed.sent();
    let named = bed
        .apply(TABLE, Some(&home), &table(Some("eu-west-1")))
        .await;
    assert_eq!(to_json(&named.value)["region"], "eu-west-1");
    assert_eq!(bed.sent(), before);
}

#[tokio::test]
async fn items_are_read_and_written_region_by_region() {
    let bed = bed().await;
    bed.apply(TABLE, None, &table(None)).await;
    bed.apply(TABLE, None, &table(Some("us-east-1"))).await;
    let regions = [None, Some("us-east-1"), None, Some("us-east-1")];
    let keys = ["a", "b", "c", "d"];
    let steps = regions
        .iter()
        .zip(keys)
        .map(|(region, key)| bed.step(ITEM, None, Some(&item(*region, key))))
        .collect();
    let kind = bed.kind(ITEM);
    let objects: Vec<_> = kind
        .apply_many(&bed.cx, steps)
        .await
        .into_iter()
        .map(|outcome| match outcome {
            trueup_provider::ApplyOutcome::Done(Some(object), _) => object,
            other => panic!("{other:?}"),
        })
        .collect();
    let requests = |objects: &[trueup_provider::Object]| {
        objects
            .iter()
            .map(|object| ReadRequest {
                address: Arc::new(address(ITEM, "a")),
                prior: object.clone(),
            })
            .collect()
    };
    assert_eq!(bed.sent().get("BatchGetItem"), None);
    let read = kind.read_many(&bed.cx, requests(&objects)).await;
    assert_eq!(bed.sent()["BatchGetItem"], 2, "one a region");
    for ((outcome, object), key) in read.iter().zip(&objects).zip(keys) {
        let ReadOutcome::Present(found) = outcome else {
            panic!("{key}: {outcome:?}");
        };
        assert!(found.value.raw_equals(&object.value), "{key}");
    }
    let identity = |n: usize| kind.identity(&objects[n].value)["region"].clone();
    assert_eq!(
        (identity(0), identity(1)),
        ("eu-west-1".into(), "us-east-1".into())
    );
    // In the other region there is no such item.
    let mut moved = to_json(&objects[1].value);
    moved["region"] = json!(null);
    let moved = trueup_provider::Object::new(coerce(bed.block(ITEM), &moved));
    assert!(bed.read(ITEM, &moved).await.is_none());
}

#[tokio::test]
async fn an_import_id_may_name_a_region() {
    let bed = bed().await;
    bed.apply(TABLE, None, &table(Some("us-east-1"))).await;
    let kind = bed.kind(TABLE);
    let found = kind.import(&bed.cx, "orders@us-east-1").await;
    let object = found.expect("imported").remove(0).object;
    assert_eq!(to_json(&object.value)["region"], "us-east-1");
    assert!(kind.import(&bed.cx, "orders").await.is_err());
}

#[tokio::test]
async fn data_sources_look_into_the_region_they_name() {
    let bed = bed().await;
    bed.apply(TABLE, None, &table(Some("us-east-1"))).await;
    let schema = bed
        .provider
        .schema()
        .of(trueup_addrs::Mode::Data, TABLE)
        .expect("offered");
    let source = bed.configured.data_source(TABLE).expect("offered");
    let read = |region: Option<&str>| {
        let config = coerce(&schema.block, &json!({"name": "orders", "region": region}));
        let request = trueup_provider::DataRequest {
            address: Arc::new(address(TABLE, "a")),
            config,
        };
        let (source, cx) = (Arc::clone(&source), bed.cx.clone());
        async move { source.read(&cx, request).await }
    };
    let found = to_json(&read(Some("us-east-1")).await.expect("it is there"));
    assert_eq!(found["region"], "us-east-1");
    assert_eq!(
        found["arn"],
        "arn:aws:dynamodb:us-east-1:123456789012:table/orders"
    );
    assert!(read(None).await.is_err());
}

#[tokio::test]
async fn a_region_that_cannot_be_is_said_at_the_argument() {
    let bed = bed().await;
    let block = bed.config(TABLE, &table(Some("Ireland")));
    let problems = bed
        .provider
        .validate(trueup_addrs::Mode::Managed, TABLE, &block);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].path.to_string(), ".region");
    let planned = bed.plan(TABLE, None, &table(Some("cn-north-1")));
    assert_eq!(errors(&planned.problems), ["Invalid region"]);
    assert!(planned.problems[0].detail.contains("aws-cn"));
}
