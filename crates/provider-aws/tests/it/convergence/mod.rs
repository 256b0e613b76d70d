//! Random tables and random edits of them: after each apply the next plan is empty, and what the cloud
//! holds is what a fresh apply of the last configuration gives.
//!
//! Cases come from a seed that a failure names.

mod drawn;

use serde_json::{Value as Json, json};
use trueup_provider::{ApplyOutcome, Object, Step};

use crate::bed::{Bed, Heard, bed, difference, errors, to_json};

use crate::replicas::away;
use drawn::{Chance, edit, table};

const KIND: &str = "aws_dynamodb_table";

/// What the cloud holds of a table, without what differs from one table to the next.
async fn held(bed: &Bed) -> Json {
    let table = bed.dynamodb.describe_table("orders").await.expect("there");
    let ttl = bed.dynamodb.describe_time_to_live("orders").await;
    let ttl = ttl.expect("told");
    let recovery = bed.dynamodb.describe_continuous_backups("orders").await;
    let recovery = recovery.expect("told");
    let tags = bed.dynamodb.list_tags_of_resource(&table.arn).await;
    let mut attributes: Vec<String> = table
        .attributes
        .iter()
        .map(|a| format!("{} {}", a.name, a.kind))
        .collect();
    attributes.sort();
    let limit = |given: Option<trueup_aws::dynamodb::OnDemandThroughput>| {
        let given = given.unwrap_or_default();
        let units = |units: Option<i64>| units.filter(|units| *units > 0);
        let (read, write) = (given.max_read_request_units, given.max_write_request_units);
        format!("{:?} {:?}", units(read), units(write))
    };
    let warm = |given: Option<&trueup_aws::dynamodb::WarmThroughputDescription>| {
        given.map(|warm| (warm.read_units_per_second, warm.write_units_per_second))
    };
    let on_demand = table.billing_mode.as_deref() == Some("PAY_PER_REQUEST");
    let mut indexes: Vec<String> = table
        .global_indexes
        .iter()
        .map(|index| {
            let keys: Vec<String> = index
                .key_schema
                .iter()
                .map(|key| format!("{} {}", key.attribute, key.kind))
                .collect();
            let mut others = index.projection.non_key_attributes.clone();
            others.sort();
            format!(
                "{} {keys:?} {:?} {others:?} {:?} {:?} {}",
                index.name,
                index.projection.kind,
                index.throughput,
                warm(index.warm.as_ref()),
                if on_demand {
                    limit(index.on_demand)
                } else {
                    String::new()
                },
            )
        })
        .collect();
    indexes.sort();
    let mut locals: Vec<String> = table
        .local_indexes
        .iter()
        .map(|index| {
            format!(
                "{} {:?} {:?}",
                index.name, index.key_schema, index.projection
            )
        })
        .collect();
    locals.sort();
    let keys: Vec<String> = table
        .key_schema
        .iter()
        .map(|key| format!("{} {}", key.attribute, key.kind))
        .collect();
    let stream = table.stream.filter(|stream| stream.enabled);
    let on = matches!(ttl.status.as_str(), "ENABLED" | "ENABLING");
    let recovers = recovery.point_in_time_recovery.as_deref() == Some("ENABLED");
    json!({
        "attributes": attributes,
        "keys": keys,
        "billing": table.billing_mode.unwrap_or_else(|| "PROVISIONED".to_owned()),
        "units": format!("{:?}", table.throughput),
        "limit": if on_demand { limit(table.on_demand) } else { String::new() },
        "warm": format!("{:?}", warm(table.warm.as_ref())),
        "indexes": indexes,
        "locals": locals,
        "stream": format!("{stream:?}"),
        "class": table.table_class.unwrap_or_else(|| "STANDARD".to_owned()),
        "protected": table.deletion_protection,
        "encryption": table.sse.map(|sse| sse.kms_key_arn),
        "ttl": ttl.attribute.filter(|_| on),
        "recovery": recovery.recovery_period_in_days.filter(|_| recovers),
        "tags": tags.expect("told"),
    })
}

/// What the cloud holds of a table's copies: their regions and settings, and which tags of the table
/// are missing where it sends them.
async fn copies(bed: &Bed, tagged_in: &[&str]) -> Json {
    let table = bed.dynamodb.describe_table("orders").await.expect("there");
    let tags = bed.dynamodb.list_tags_of_resource(&table.arn).await;
    let tags = tags.expect("told");
    let mut held = serde_json::Map::new();
    let witnesses: Vec<&str> = table.witnesses.iter().map(|w| w.region.as_str()).collect();
    held.insert("witnesses".to_owned(), json!(witnesses));
    held.insert("mode".to_owned(), json!(table.multi_region_consistency));
    for replica in &table.replicas {
        let region = replica.region.as_str();
        let there = away(bed, region).await;
        let copy = there.describe_table("orders").await.expect("there");
        let recovery = there.describe_continuous_backups("orders").await;
        let has = there.list_tags_of_resource(&copy.arn).await;
        let has = has.expect("told");
        let sent = tagged_in.contains(&region);
        let missing = tags.keys().filter(|key| sent && !has.contains_key(*key));
        let settings = json!({
            "recovery": recovery.expect("told").point_in_time_recovery,
            "protected": copy.deletion_protection,
            "missing": missing.collect::<Vec<_>>(),
        });
        held.insert(region.to_owned(), settings);
    }
    Json::Object(held)
}

/// Brings a table to a configuration, by a replacement where the plan says so.
async fn bring(bed: &Bed, object: Option<Object>, config: &Json, case: &str) -> Object {
    let Some(object) = object else {
        return bed.apply(KIND, None, config).await;
    };
    let planned = bed.plan(KIND, Some(&object), config);
    if planned.requires_replace.is_empty() {
        assert_eq!(errors(&planned.problems), Vec::<String>::new(), "{case}");
        return bed.apply(KIND, Some(&object), config).await;
    }
    // A protected table is replaced in two goes, as the plan asks for.
    let refused = errors(&planned.problems) == ["Replacement of a protected table"];
    let successor = if refused {
        json!(false)
    } else {
        config["deletion_protection_enabled"].clone()
    };
    let mut next = config.clone();
    next["deletion_protection_enabled"] = successor;
    let planned = bed.plan(KIND, Some(&object), &next);
    assert_eq!(errors(&planned.problems), Vec::<String>::new(), "{case}");
    let step = Step {
        successor: Some(planned.value),
        ..bed.step(KIND, Some(&object), None)
    };
    let outcome = bed.kind(KIND).apply(&bed.cx, step, &Heard::default()).await;
    assert!(
        matches!(outcome, ApplyOutcome::Done(None, _)),
        "{case}: {outcome:?}"
    );
    bed.apply(KIND, None, config).await
}

async fn converges(seed: u64, edits: u64) {
    let mut chance = Chance(seed);
    let mut drawn = table(&mut chance);
    let bed = bed().await;
    let mut object: Option<Object> = None;
    for step in 0..=edits {
        let config = drawn.config();
        let case = format!("seed {seed}, step {step}: {config}");
        let made = bring(&bed, object.take(), &config, &case).await;
        let read = bed.read(KIND, &made).await.expect("the table is there");
        assert!(
            trueup_provider::same_but_for_zero(&read.value, &made.value),
            "{case}\n{}",
            difference(&to_json(&made.value), &to_json(&read.value))
        );
        let planned = bed.plan(KIND, Some(&read), &config);
        assert!(
            planned.value.raw_equals(&read.value),
            "{case}: the next plan is not empty\n{}",
            difference(&to_json(&read.value), &to_json(&planned.value))
        );
        object = Some(read);
        let tagged_in = drawn.tagged_in();
        drawn.applied();
        for _ in 0..=chance.below(3) {
            edit(&mut chance, &mut drawn);
        }
        if step == edits || chance.one_in(4) {
            let fresh = crate::bed::bed().await;
            fresh.apply(KIND, None, &config).await;
            let (ours, theirs) = (held(&bed).await, held(&fresh).await);
            assert_eq!(ours, theirs, "{case}\n{}", difference(&theirs, &ours));
            let ours = copies(&bed, &tagged_in).await;
            let theirs = copies(&fresh, &tagged_in).await;
            assert_eq!(ours, theirs, "{case}\n{}", difference(&theirs, &ours));
        }
    }
}

#[tokio::test]
async fn edited_tables_become_what_fresh_ones_are() {
    for seed in 0..25 {
        converges(seed, 5).await;
    }
}

/// The seeds of the long run: `TRUEUP_TEST_SEEDS=FIRST..END`, or 400 of them.
fn seeds() -> std::ops::Range<u64> {
    let Ok(given) = std::env::var("TRUEUP_TEST_SEEDS") else {
        return 1_000..1_400;
    };
    let bounds = given
        .split_once("..")
        .map(|(first, end)| (first.parse(), end.parse()));
    match bounds {
        Some((Ok(first), Ok(end))) => first..end,
        _ => panic!("TRUEUP_TEST_SEEDS is written FIRST..END, not {given:?}"),
    }
}

#[tokio::test]
#[ignore = "long: many tables, many edits"]
#[expect(clippy::print_stdout, reason = "the counts are what it is run for")]
async fn many_edited_tables_become_what_fresh_ones_are() {
    let seeds = seeds();
    for seed in seeds.clone() {
        converges(seed, 12).await;
    }
    println!("convergence: seeds {seeds:?}, 13 applies each, 0 complaints");
}
