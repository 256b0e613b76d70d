//! Tags: a block's own, the provider's defaults over them, and those that are nobody's business.

use serde_json::{Value as Json, json};
use trueup_provider::Object;

use crate::bed::{Bed, bed_with, to_json};

const KIND: &str = "aws_dynamodb_table";

async fn bed(defaults: Json, ignored: Json) -> Bed {
    bed_with(json!({
        "region": "eu-west-1",
        "default_tags": [{"tags": defaults}],
        "ignore_tags": [ignored],
    }))
    .await
}

fn table(tags: &Json) -> Json {
    json!({
        "name": "orders", "billing_mode": "PAY_PER_REQUEST", "hash_key": "pk",
        "attribute": [{"name": "pk", "type": "S"}], "tags": tags,
    })
}

/// `tags` and `tags_all`, null and empty alike.
fn tags(value: &trueup_value::Value) -> (Json, Json) {
    let json = to_json(value);
    let of = |name: &str| match &json[name] {
        Json::Null => json!({}),
        other => other.clone(),
    };
    (of("tags"), of("tags_all"))
}

async fn remote(bed: &Bed, object: &Object) -> Json {
    let arn = to_json(&object.value)["arn"].as_str().map(str::to_owned);
    let found = bed
        .dynamodb
        .list_tags_of_resource(&arn.expect("an ARN"))
        .await;
    json!(found.expect("tags"))
}

#[tokio::test]
async fn own_tags_lie_over_the_defaults() {
    for (own, shown, all) in [
        (json!(null), json!({}), json!({"Env": "t"})),
        (json!({}), json!({}), json!({"Env": "t"})),
        (
            json!({"Owner": "x"}),
            json!({"Owner": "x"}),
            json!({"Env": "t", "Owner": "x"}),
        ),
        (
            json!({"Env": "prod"}),
            json!({"Env": "prod"}),
            json!({"Env": "prod"}),
        ),
        (
            json!({"Env": "t"}),
            json!({"Env": "t"}),
            json!({"Env": "t"}),
        ),
        (
            json!({"Owner": null, "a": "1"}),
            json!({"a": "1"}),
            json!({"Env": "t", "a": "1"}),
        ),
        (
            json!({"Empty": ""}),
            json!({"Empty": ""}),
            json!({"Env": "t", "Empty": ""}),
        ),
    ] {
        let bed = bed(json!({"Env": "t"}), json!({})).await;
        let made = bed.apply(KIND, None, &table(&own)).await;
        assert_eq!(tags(&made.value), (shown.clone(), all.clone()), "{own}");
        assert_eq!(remote(&bed, &made).await, all, "{own}");
        let read = bed.read(KIND, &made).await.expect("it is there");
        assert_eq!(tags(&read.value), (shown, all), "{own}");
        let again = bed.plan(KIND, Some(&read), &table(&own));
        assert!(
            again.value.raw_equals(&read.value),
            "{own}: {:?}",
            again.value
        );
    }
}

#[tokio::test]
async fn tags_that_are_not_known_yet_leave_the_whole_open() {
    let bed = bed(json!({"Env": "t"}), json!({})).await;
    for own in [
        json!({"$unknown": true}),
        json!({"Owner": {"$unknown": true}}),
    ] {
        let planned = bed.plan(KIND, None, &table(&own));
        assert_eq!(
            to_json(&planned.value)["tags_all"],
            json!({"$unknown": true}),
            "{own}"
        );
    }
    let made = bed.apply(KIND, None, &table(&json!({"Owner": "x"}))).await;
    let planned = bed.plan(
        KIND,
        Some(&made),
        &table(&json!({"Owner": {"$unknown": true}})),
    );
    assert_eq!(
        to_json(&planned.value)["tags_all"],
        json!({"$unknown": true})
    );
}

#[tokio::test]
async fn ignored_tags_are_neither_shown_nor_touched() {
    let bed = bed(
        json!({}),
        json!({"keys": ["mine"], "key_prefixes": ["cost:"]}),
    )
    .await;
    let made = bed.apply(KIND, None, &table(&json!({"a": "1"}))).await;
    let arn = to_json(&made.value)["arn"]
        .as_str()
        .expect("an ARN")
        .to_owned();
    let foreign = [("mine", "1"), ("cost:center", "2")];
    let foreign = foreign.map(|(key, value)| (key.to_owned(), value.to_owned()));
    bed.dynamodb
        .tag_resource(&arn, foreign.into())
        .await
        .expect("tagged");
    let read = bed.read(KIND, &made).await.expect("it is there");
    assert_eq!(tags(&read.value), (json!({"a": "1"}), json!({"a": "1"})));
    let changed = bed
        .apply(KIND, Some(&read), &table(&json!({"b": "2"})))
        .await;
    assert_eq!(tags(&changed.value), (json!({"b": "2"}), json!({"b": "2"})));
    assert_eq!(
        remote(&bed, &changed).await,
        json!({"b": "2", "mine": "1", "cost:center": "2"})
    );
}

#[tokio::test]
async fn tags_changed_outside_are_shown_and_put_right() {
    let bed = bed(json!({"Env": "t"}), json!({})).await;
    let made = bed.apply(KIND, None, &table(&json!({"a": "1"}))).await;
    let arn = to_json(&made.value)["arn"]
        .as_str()
        .expect("an ARN")
        .to_owned();
    let outside = [
        ("a".to_owned(), "2".to_owned()),
        ("b".to_owned(), "3".to_owned()),
    ];
    bed.dynamodb
        .tag_resource(&arn, outside.into())
        .await
        .expect("tagged");
    bed.dynamodb
        .untag_resource(&arn, vec!["Env".to_owned()])
        .await
        .expect("untagged");
    let read = bed.read(KIND, &made).await.expect("it is there");
    let both = json!({"a": "2", "b": "3"});
    assert_eq!(tags(&read.value), (both.clone(), both));
    let right = bed
        .apply(KIND, Some(&read), &table(&json!({"a": "1"})))
        .await;
    assert_eq!(remote(&bed, &right).await, json!({"a": "1", "Env": "t"}));
}

#[tokio::test]
async fn keys_of_aws_are_never_sent() {
    let bed = bed(json!({"aws:team": "core"}), json!({})).await;
    let made = bed
        .apply(KIND, None, &table(&json!({"aws:x": "1", "a": "1"})))
        .await;
    assert_eq!(remote(&bed, &made).await, json!({"a": "1"}));
}
