//! What replicas may be, said at plan; and how states and imports bring them.

use serde_json::{Value as Json, json};
use trueup_provider::Object;

use crate::bed::{bed, errors, to_json};
use crate::replicas::{KIND, at, change, key, replica, start, table, with};

#[tokio::test]
async fn strong_consistency_with_two_replicas_or_a_witness() {
    let strong = |region: &str| json!({"region_name": region, "consistency_mode": "STRONG"});
    let bed = bed().await;
    let two = table(&[strong("eu-west-2"), strong("eu-west-3")]);
    let object = start(&bed, &two).await;
    assert_eq!(replica(&object, "eu-west-2")["consistency_mode"], "STRONG");
    let object = change(&bed, &object, &table(&[])).await;
    let witness = with(
        table(&[strong("eu-west-2")]),
        json!({"global_table_witness": [{"region_name": "eu-central-1"}]}),
    );
    let object = change(&bed, &object, &witness).await;
    assert_eq!(
        to_json(&object.value)["global_table_witness"],
        json!([{"region_name": "eu-central-1"}])
    );
    bed.delete(KIND, &object).await;
    assert!(bed.dynamodb.describe_table("orders").await.is_err());
}

#[tokio::test]
async fn regions_of_a_strongly_consistent_table_change_all_together() {
    let strong = |region: &str| json!({"region_name": region, "consistency_mode": "STRONG"});
    let witness = json!({"global_table_witness": [{"region_name": "eu-west-3"}]});
    let bed = bed().await;
    let with_witness = with(table(&[strong("eu-west-2")]), witness);
    let object = start(&bed, &with_witness).await;
    // The witness goes with its block, and the replica that stays is built anew with the other.
    let two = table(&[strong("eu-west-2"), strong("eu-west-3")]);
    let planned = bed.plan(KIND, Some(&object), &two);
    assert_eq!(to_json(&planned.value)["global_table_witness"], json!([]));
    let said: Vec<&str> = planned
        .problems
        .iter()
        .map(|p| p.summary.as_str())
        .collect();
    assert_eq!(
        said,
        [
            "The replica in eu-west-2 will be built anew, because the regions of a strongly consistent table change only all together"
        ]
    );
    let before = bed.sent()["UpdateTable"];
    let object = change(&bed, &object, &two).await;
    assert_eq!(bed.sent()["UpdateTable"], before + 2);
    assert_eq!(to_json(&object.value)["global_table_witness"], json!([]));
    // Back to a table whose items expire: they can once it is strongly consistent no more.
    let expiring = with(
        table(&[at("us-east-1")]),
        json!({"ttl": [{"attribute_name": "expires", "enabled": true}]}),
    );
    let object = change(&bed, &object, &expiring).await;
    assert_eq!(
        replica(&object, "us-east-1")["consistency_mode"],
        "EVENTUAL"
    );
}

#[tokio::test]
async fn rules_of_replicas_are_said_before_anything_is_asked() {
    let bed = bed().await;
    let strong = |region: &str| json!({"region_name": region, "consistency_mode": "STRONG"});
    let witness = json!({"global_table_witness": [{"region_name": "eu-central-1"}]});
    let unknown = json!({"$unknown": true});
    for (config, said) in [
        (
            table(&[
                at("us-east-1"),
                json!({"region_name": "us-east-1", "propagate_tags": true}),
            ]),
            Some("Duplicate replica region \"us-east-1\""),
        ),
        (
            table(&[at("eu-west-1")]),
            Some("replica region \"eu-west-1\" is the table's own region"),
        ),
        (
            table(&[strong("eu-west-2")]),
            Some("A strongly consistent table can't have 1 replica(s) and no witness"),
        ),
        (
            table(&[
                strong("eu-west-2"),
                strong("eu-west-3"),
                strong("eu-central-1"),
            ]),
            Some("A strongly consistent table can't have 3 replica(s) and no witness"),
        ),
        (
            table(&[strong("eu-west-2"), at("eu-west-3")]),
            Some("consistency_mode must be the same in all replica blocks"),
        ),
        (
            with(
                table(&[strong("eu-west-2"), strong("eu-west-3")]),
                witness.clone(),
            ),
            Some("A strongly consistent table can't have 2 replica(s) and a witness"),
        ),
        (
            with(table(&[at("eu-west-2")]), witness.clone()),
            Some("global_table_witness needs replicas with consistency_mode = \"STRONG\""),
        ),
        (
            with(table(&[strong("eu-central-1")]), witness.clone()),
            Some("global_table_witness region \"eu-central-1\" holds the table already"),
        ),
        (
            table(&[json!({"region_name": "us-east-1", "consistency_mode": "WEAK"})]),
            Some(
                "expected replica.consistency_mode to be one of [\"EVENTUAL\" \"STRONG\"], got WEAK",
            ),
        ),
        (
            table(&[json!({"region_name": "us-east-1", "kms_key_arn": "alias/mine"})]),
            Some("\"replica.kms_key_arn\" (alias/mine) is an invalid ARN: arn: invalid prefix"),
        ),
        // What is unknown trips nothing.
        (with(table(&[]), json!({"replica": unknown})), None),
        (
            table(&[json!({"region_name": unknown}), strong("eu-west-2")]),
            Some("consistency_mode must be the same in all replica blocks"),
        ),
        (
            table(&[
                json!({"region_name": unknown, "consistency_mode": unknown}),
                strong("eu-west-2"),
            ]),
            None,
        ),
        (
            with(
                table(&[strong("eu-west-2")]),
                json!({"global_table_witness": [{"region_name": unknown}]}),
            ),
            None,
        ),
    ] {
        let block = bed.config(KIND, &config);
        let mut found = trueup_provider::Provider::validate(
            &bed.provider,
            trueup_addrs::Mode::Managed,
            KIND,
            &block,
        );
        if found.is_empty() {
            found = bed.plan(KIND, None, &config).problems;
        }
        let expected: Vec<String> = said.into_iter().map(str::to_owned).collect();
        assert_eq!(errors(&found), expected, "{config}");
    }
}

#[tokio::test]
async fn a_state_of_release_5_reads_without_a_difference() {
    let bed = bed().await;
    let config = table(&[at("us-east-1")]);
    let object = start(&bed, &config).await;
    let mut old = to_json(&object.value);
    old["replica"][0]["consistency_mode"] = Json::Null;
    old["replica"][0]["deletion_protection_enabled"] = Json::Null;
    let old = Object {
        value: bed.config(KIND, &old),
        private: object.private.clone(),
    };
    let read = bed.read(KIND, &old).await.expect("it is there");
    assert!(trueup_provider::same_but_for_zero(&read.value, &old.value));
    let planned = bed.plan(KIND, Some(&read), &config);
    assert!(planned.value.raw_equals(&read.value));
}

#[tokio::test]
async fn an_imported_table_brings_its_replicas() {
    let bed = bed().await;
    let config = table(&[
        json!({"region_name": "us-east-1", "kms_key_arn": key("us-east-1", "a")}),
        at("us-west-2"),
    ]);
    start(&bed, &config).await;
    let imported = bed.kind(KIND).import(&bed.cx, "orders").await;
    let imported = imported.expect("it is there").remove(0).object;
    let planned = bed.plan(KIND, Some(&imported), &config);
    assert!(planned.value.raw_equals(&imported.value));
}
