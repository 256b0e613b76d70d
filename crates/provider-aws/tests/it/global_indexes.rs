//! Global indexes as objects of their own, on the embedded AWS, beside a table that says nothing of them.

use serde_json::{Value as Json, json};
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::{ApplyOutcome, Object};

use crate::bed::{Bed, bed, difference, errors, to_json};

const TABLE: &str = "aws_dynamodb_table";
const INDEX: &str = "aws_dynamodb_global_secondary_index";

fn table(mode: &str) -> Json {
    let mut table = json!({
        "name": "orders", "billing_mode": mode, "hash_key": "pk",
        "attribute": [{"name": "pk", "type": "S"}],
    });
    if mode == "PROVISIONED" {
        table["read_capacity"] = json!(5);
        table["write_capacity"] = json!(5);
    }
    table
}

fn key(name: &str, kind: &str, role: &str) -> Json {
    json!({"attribute_name": name, "attribute_type": kind, "key_type": role})
}

fn index(name: &str, more: &[(&str, Json)]) -> Json {
    let mut index = json!({
        "table_name": "orders", "index_name": name,
        "key_schema": [key("status", "S", "HASH")],
        "projection": [{"projection_type": "ALL"}],
    });
    for (name, value) in more {
        index[*name] = value.clone();
    }
    index
}

async fn settled(bed: &Bed, object: &Object, config: &Json) {
    crate::looks::settled(bed, INDEX, object, config).await;
}

fn failed(outcome: ApplyOutcome) -> String {
    match outcome {
        ApplyOutcome::Failed(None, problems) => problems[0].summary.clone(),
        other => panic!("refused: {other:?}"),
    }
}

fn replaced(bed: &Bed, object: &Object, config: &Json) -> Vec<String> {
    let planned = bed.plan(INDEX, Some(object), config);
    let paths = planned.requires_replace.iter();
    paths.map(ToString::to_string).collect()
}

#[tokio::test]
async fn an_index_is_built_beside_a_table_that_leaves_it_alone() {
    let bed = bed().await;
    let orders = bed.apply(TABLE, None, &table("PAY_PER_REQUEST")).await;
    let config = index("by_status", &[]);
    let (outcome, heard) = bed.try_apply(INDEX, None, Some(&config)).await;
    let ApplyOutcome::Done(Some(object), _) = outcome else {
        panic!("created: {outcome:?}");
    };
    assert_eq!(heard.created.lock().expect("not poisoned").len(), 1);
    let waited = heard.waited.lock().expect("not poisoned").join("\n");
    assert!(waited.contains("index by_status (CREATING"), "{waited}");
    let value = to_json(&object.value);
    assert_eq!(
        value["arn"],
        "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/index/by_status"
    );
    assert_eq!(value["provisioned_throughput"], json!([]));
    assert_eq!(value["key_schema"], json!([key("status", "S", "HASH")]));
    settled(&bed, &object, &config).await;
    // The index was looked at before: the table knows whose it is, and its plan has no difference.
    let read = bed.read(TABLE, &orders).await.expect("it is there");
    assert_eq!(
        to_json(&read.value)["global_secondary_index"][0]["name"],
        "by_status"
    );
    let planned = bed.plan(TABLE, Some(&read), &table("PAY_PER_REQUEST"));
    assert_eq!(errors(&planned.problems), Vec::<String>::new());
    assert!(
        planned.value.raw_equals(&read.value),
        "{}",
        difference(&to_json(&read.value), &to_json(&planned.value))
    );
    let found = bed.kind(INDEX).import(&bed.cx, "orders,by_status").await;
    let found = found.expect("it is there").remove(0).object;
    settled(&bed, &found, &config).await;
    bed.delete(INDEX, &object).await;
    assert!(bed.read(INDEX, &object).await.is_none());
    bed.delete(INDEX, &object).await;
    let left = bed
        .dynamodb
        .describe_table("orders")
        .await
        .expect("a table");
    assert!(left.global_indexes.is_empty());
}

#[tokio::test]
async fn an_index_of_several_attributes_and_named_ones() {
    let bed = bed().await;
    bed.apply(TABLE, None, &table("PAY_PER_REQUEST")).await;
    let config = index(
        "by_day",
        &[
            (
                "key_schema",
                json!([key("day", "N", "HASH"), key("pk", "S", "RANGE")]),
            ),
            (
                "projection",
                json!([{"projection_type": "INCLUDE", "non_key_attributes": ["b", "a"]}]),
            ),
            (
                "on_demand_throughput",
                json!([{"max_read_request_units": 10}]),
            ),
        ],
    );
    let object = bed.apply(INDEX, None, &config).await;
    assert_eq!(
        to_json(&object.value)["on_demand_throughput"],
        json!([{"max_read_request_units": 10, "max_write_request_units": -1}])
    );
    settled(&bed, &object, &config).await;
    let mut changed = config.clone();
    changed["on_demand_throughput"] = json!([{"max_read_request_units": 20}]);
    assert!(replaced(&bed, &object, &changed).is_empty());
    let object = bed.apply(INDEX, Some(&object), &changed).await;
    settled(&bed, &object, &changed).await;
    changed["on_demand_throughput"] = json!([]);
    let object = bed.apply(INDEX, Some(&object), &changed).await;
    settled(&bed, &object, &changed).await;
}

#[tokio::test]
async fn capacity_changes_in_place_and_keys_and_projection_do_not() {
    let bed = bed().await;
    bed.apply(TABLE, None, &table("PROVISIONED")).await;
    let of = |read: i64| {
        index(
            "by_status",
            &[(
                "provisioned_throughput",
                json!([{"read_capacity_units": read, "write_capacity_units": 2}]),
            )],
        )
    };
    let object = bed.apply(INDEX, None, &of(3)).await;
    settled(&bed, &object, &of(3)).await;
    let before = bed.sent()["UpdateTable"];
    let object = bed.apply(INDEX, Some(&object), &of(4)).await;
    assert_eq!(bed.sent()["UpdateTable"], before + 1);
    settled(&bed, &object, &of(4)).await;
    for (name, value) in [
        ("table_name", json!("events")),
        ("index_name", json!("by_state")),
        ("key_schema", json!([key("state", "S", "HASH")])),
        ("projection", json!([{"projection_type": "KEYS_ONLY"}])),
    ] {
        let mut config = of(4);
        config[name] = value;
        assert_eq!(replaced(&bed, &object, &config), [format!(".{name}")]);
    }
}

#[tokio::test]
async fn warm_throughput_is_raised_in_place_and_lowered_by_another_index() {
    let bed = bed().await;
    bed.apply(TABLE, None, &table("PAY_PER_REQUEST")).await;
    let of = |read: i64| {
        index(
            "by_status",
            &[(
                "warm_throughput",
                json!({"read_units_per_second": read, "write_units_per_second": 5000}),
            )],
        )
    };
    let object = bed.apply(INDEX, None, &of(13_000)).await;
    settled(&bed, &object, &of(13_000)).await;
    // Without a word of it nothing changes.
    settled(&bed, &object, &index("by_status", &[])).await;
    let object = bed.apply(INDEX, Some(&object), &of(14_000)).await;
    settled(&bed, &object, &of(14_000)).await;
    assert_eq!(replaced(&bed, &object, &of(13_000)), [".warm_throughput"]);
}

#[tokio::test]
async fn what_the_table_does_not_allow_is_refused_before_it_is_asked() {
    let bed = bed().await;
    bed.apply(TABLE, None, &table("PROVISIONED")).await;
    let before = bed.sent().get("UpdateTable").copied();
    let (outcome, _) = bed
        .try_apply(INDEX, None, Some(&index("by_status", &[])))
        .await;
    assert!(failed(outcome).contains("needs provisioned_throughput"));
    let units = json!([{"read_capacity_units": 1, "write_capacity_units": 1}]);
    let retyped = index(
        "by_pk",
        &[
            ("key_schema", json!([key("pk", "N", "HASH")])),
            ("provisioned_throughput", units.clone()),
        ],
    );
    let (outcome, _) = bed.try_apply(INDEX, None, Some(&retyped)).await;
    let summary = failed(outcome);
    assert!(
        summary.contains(
            "attribute \"pk\" was previously defined as \"S\", cannot be redefined as \"N\""
        ),
        "{summary}"
    );
    assert_eq!(bed.sent().get("UpdateTable").copied(), before);
    let config = index("by_status", &[("provisioned_throughput", units)]);
    bed.apply(INDEX, None, &config).await;
    let (outcome, _) = bed.try_apply(INDEX, None, Some(&config)).await;
    assert!(failed(outcome).contains("import it by the id orders,by_status"));
    let (outcome, _) = bed
        .try_apply(
            INDEX,
            None,
            Some(&index("by_status", &[("table_name", json!("events"))])),
        )
        .await;
    assert!(failed(outcome).contains("there is no table \"events\""));
}

#[tokio::test]
async fn indexes_of_one_table_are_built_one_after_another() {
    let bed = bed().await;
    bed.apply(TABLE, None, &table("PAY_PER_REQUEST")).await;
    let steps: Vec<_> = ["by_a", "by_b", "by_c"]
        .iter()
        .map(|name| bed.step(INDEX, None, Some(&index(name, &[]))))
        .collect();
    let outcomes = bed.kind(INDEX).apply_many(&bed.cx, steps).await;
    for outcome in &outcomes {
        assert!(
            matches!(outcome, ApplyOutcome::Done(Some(_), _)),
            "{outcome:?}"
        );
    }
    // None was refused: each waited for its turn.
    assert_eq!(bed.sent()["UpdateTable"], 3);
}

#[tokio::test]
async fn an_index_that_was_begun_is_not_lost_and_goes_with_its_table() {
    let bed = bed().await;
    let orders = bed.apply(TABLE, None, &table("PAY_PER_REQUEST")).await;
    let config = index("by_status", &[]);
    let step = bed.step(INDEX, None, Some(&config));
    let denied = |operation: &str, at: u32| {
        let fault = Fault::FailBefore {
            status: 400,
            code: "AccessDeniedException".to_owned(),
            message: "not allowed".to_owned(),
        };
        Rule::next(Service::DynamoDb, operation, at, fault)
    };
    // The looks before the index is begun: one for the table, one for its state.
    let heard = crate::bed::Heard::default();
    let faults = bed.emulator.faults();
    let kind = bed.kind(INDEX);
    let object = match kind.apply(&bed.cx, step, &heard).await {
        ApplyOutcome::Done(Some(object), _) => object,
        other => panic!("{other:?}"),
    };
    let begun = heard.created.lock().expect("not poisoned").remove(0);
    assert!(begun.value.is_wholly_known());
    // What was told when it was begun is enough to go on from.
    let read = bed.read(INDEX, &begun).await.expect("it is there");
    let planned = bed.plan(INDEX, Some(&read), &config);
    assert!(planned.requires_replace.is_empty());
    faults.add(denied("UpdateTable", 1));
    let (outcome, _) = bed.try_apply(INDEX, Some(&object), None).await;
    assert!(
        matches!(outcome, ApplyOutcome::Failed(Some(_), _)),
        "{outcome:?}"
    );
    bed.delete(TABLE, &orders).await;
    assert!(bed.read(INDEX, &object).await.is_none());
    bed.delete(INDEX, &object).await;
}

#[tokio::test]
async fn arguments_of_an_index_are_checked() {
    let bed = bed().await;
    for (name, value, summary) in [
        (
            "key_schema",
            json!([key("a", "S", "RANGE")]),
            "key_schema needs at least one element with key_type HASH",
        ),
        (
            "key_schema",
            json!([
                key("a", "S", "HASH"),
                key("b", "S", "RANGE"),
                key("c", "S", "HASH")
            ]),
            "key_schema elements with key_type HASH come first",
        ),
        (
            "key_schema",
            json!([key("a", "X", "HASH")]),
            "Invalid Attribute Value Match",
        ),
        (
            "projection",
            json!([{"projection_type": "INCLUDE"}]),
            "projection INCLUDE without non_key_attributes",
        ),
        (
            "warm_throughput",
            json!({"read_units_per_second": 1, "write_units_per_second": 4000}),
            "warm_throughput.read_units_per_second must be at least 12000",
        ),
        ("index_name", json!("x"), "Invalid index name \"x\""),
    ] {
        assert_eq!(
            bed.provider_problems(INDEX, &index("by_status", &[(name, value)])),
            [summary],
            "{name}"
        );
    }
}
