//! `aws_dynamodb_global_table`: version 2017.11.29, of tables that are there.

use serde_json::{Value as Json, json};
use trueup_provider::{ApplyOutcome, Object};

use crate::bed::{Bed, bed, errors, to_json};
use crate::replicas::table;

const KIND: &str = "aws_dynamodb_global_table";

fn global(regions: &[&str]) -> Json {
    let replicas: Vec<Json> = regions
        .iter()
        .map(|region| json!({"region_name": region}))
        .collect();
    json!({"name": "orders", "replica": replicas})
}

async fn tables(bed: &Bed, regions: &[&str]) {
    for region in regions {
        let mut config = table(&[]);
        config["region"] = (*region).into();
        bed.apply("aws_dynamodb_table", None, &config).await;
    }
}

async fn made(bed: &Bed, prior: Option<&Object>, config: &Json) -> Object {
    let object = bed.apply(KIND, prior, config).await;
    let read = bed.read(KIND, &object).await.expect("it is there");
    assert!(trueup_provider::same_but_for_zero(
        &read.value,
        &object.value
    ));
    let planned = bed.plan(KIND, Some(&read), config);
    assert!(planned.value.raw_equals(&read.value));
    object
}

#[tokio::test]
async fn global_table_basic() {
    let bed = bed().await;
    let (outcome, _) = bed
        .try_apply(KIND, None, Some(&global(&["eu-west-1"])))
        .await;
    let ApplyOutcome::Failed(None, problems) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(
        problems[0].detail.contains("NEW_AND_OLD_IMAGES"),
        "{problems:?}"
    );
    tables(&bed, &["eu-west-1"]).await;
    let object = made(&bed, None, &global(&["eu-west-1"])).await;
    assert_eq!(
        to_json(&object.value),
        json!({
            "arn": "arn:aws:dynamodb::123456789012:global-table/orders",
            "id": "orders",
            "name": "orders",
            "region": null,
            "replica": [{"region_name": "eu-west-1"}],
            "timeouts": null,
        })
    );
    let imported = bed.kind(KIND).import(&bed.cx, "orders").await;
    let imported = imported.expect("it is there").remove(0).object;
    assert!(
        imported
            .value
            .raw_equals(&bed.read(KIND, &imported).await.expect("there").value)
    );
    bed.delete(KIND, &object).await;
    assert!(bed.read(KIND, &object).await.is_none());
    assert!(bed.dynamodb.describe_table("orders").await.is_ok());
    bed.delete(KIND, &object).await;
}

#[tokio::test]
async fn global_table_multiple_regions() {
    let bed = bed().await;
    tables(&bed, &["eu-west-1", "us-east-1", "us-west-2"]).await;
    let object = made(&bed, None, &global(&["eu-west-1"])).await;
    let object = made(&bed, Some(&object), &global(&["eu-west-1", "us-east-1"])).await;
    let before = bed.sent()["UpdateGlobalTable"];
    let object = made(&bed, Some(&object), &global(&["us-west-2", "us-east-1"])).await;
    assert_eq!(bed.sent()["UpdateGlobalTable"], before + 1);
    assert_eq!(
        to_json(&object.value)["replica"],
        json!([{"region_name": "us-east-1"}, {"region_name": "us-west-2"}])
    );
    bed.delete(KIND, &object).await;
}

#[tokio::test]
async fn global_table_names_are_checked() {
    let bed = bed().await;
    for (name, said) in [
        (
            "ab",
            "name length must be between 3 and 255 characters: \"ab\"",
        ),
        (
            "or ders",
            "name must only include alphanumeric, underscore, period, or hyphen characters: \"or ders\"",
        ),
    ] {
        let mut config = global(&["eu-west-1"]);
        config["name"] = name.into();
        let block = bed.config(KIND, &config);
        let found = trueup_provider::Provider::validate(
            &bed.provider,
            trueup_addrs::Mode::Managed,
            KIND,
            &block,
        );
        assert_eq!(errors(&found), [said]);
    }
}
