//! Tables that are imported from objects in a bucket, and tables of stores that lack some calls.

use bytes::Bytes;
use serde_json::{Value as Json, json};
use trueup_aws::s3::PutObject;
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::ApplyOutcome;

use crate::bed::{Bed, bed, to_json};
use crate::tables::{attribute, settled};

const KIND: &str = "aws_dynamodb_table";

async fn with_objects(objects: &[(&str, &'static str)]) -> Bed {
    let bed = bed().await;
    bed.emulator
        .ensure_bucket("seeds", "eu-west-1")
        .expect("a bucket");
    let s3 = bed.session_in("eu-west-1").await.s3();
    for (key, body) in objects {
        let put = PutObject {
            bucket: "seeds".to_owned(),
            key: (*key).to_owned(),
            body: Bytes::from_static(body.as_bytes()),
            ..PutObject::default()
        };
        s3.put_object(put).await.expect("put");
    }
    bed
}

fn table(import: Json) -> Json {
    json!({
        "name": "orders", "billing_mode": "PAY_PER_REQUEST", "hash_key": "pk",
        "attribute": [attribute("pk", "S"), attribute("n", "N")],
        "global_secondary_index": [
            {"name": "by_n", "hash_key": "n", "projection_type": "KEYS_ONLY"},
        ],
        "stream_enabled": true, "stream_view_type": "KEYS_ONLY",
        "ttl": [{"attribute_name": "expires", "enabled": true}],
        "tags": {"team": "red"},
        "import_table": [import],
    })
}

async fn count(bed: &Bed) -> usize {
    let scan = trueup_aws::dynamodb::Scan {
        table: "orders".to_owned(),
        ..Default::default()
    };
    bed.dynamodb.scan(scan).await.expect("scanned").items.len()
}

#[tokio::test]
async fn a_table_is_imported_and_gets_everything_in_the_same_apply() {
    let lines = "{\"Item\":{\"pk\":{\"S\":\"a\"},\"n\":{\"N\":\"1\"}}}\n{\"Item\":{\"pk\":{\"S\":\"b\"}}}\nnothing\n";
    let bed = with_objects(&[("in/1.json", lines), ("out/1.json", lines)]).await;
    let config = table(json!({
        "input_format": "DYNAMODB_JSON",
        "s3_bucket_source": [{"bucket": "seeds", "key_prefix": "in/"}],
    }));
    let (outcome, heard) = bed.try_apply(KIND, None, Some(&config)).await;
    let ApplyOutcome::Done(Some(object), _) = outcome else {
        panic!("imported: {outcome:?}");
    };
    assert_eq!(count(&bed).await, 2);
    let waited = heard.waited.lock().expect("not poisoned").join("\n");
    assert!(waited.contains("waiting for the import"), "{waited}");
    settled(&bed, &object, &config).await;
    assert_eq!(to_json(&object.value)["tags"]["team"], "red");
    // How it was made is past: the block may go, and the table stays.
    let mut without = config.clone();
    without["import_table"] = json!([]);
    let planned = bed.plan(KIND, Some(&object), &without);
    assert!(planned.requires_replace.is_empty());
    let object = bed.apply(KIND, Some(&object), &without).await;
    settled(&bed, &object, &without).await;
}

#[tokio::test]
async fn a_table_is_imported_from_columns() {
    let bed = with_objects(&[("orders.csv", "pk;n;name\na;1;\"x;y\"\nb;2;\n")]).await;
    let config = table(json!({
        "input_format": "CSV",
        "input_compression_type": "NONE",
        "input_format_options": [{"csv": [{"delimiter": ";"}]}],
        "s3_bucket_source": [{"bucket": "seeds"}],
    }));
    let object = bed.apply(KIND, None, &config).await;
    settled(&bed, &object, &config).await;
    assert_eq!(count(&bed).await, 2);
}

#[tokio::test]
async fn an_import_that_fails_says_why() {
    let bed = bed().await;
    let config = table(json!({
        "input_format": "ION",
        "s3_bucket_source": [{"bucket": "nowhere"}],
    }));
    let (outcome, _) = bed.try_apply(KIND, None, Some(&config)).await;
    let ApplyOutcome::Failed(None, problems) = outcome else {
        panic!("failed: {outcome:?}");
    };
    assert!(problems[0].summary.contains("not ION"), "{problems:?}");
    let config = table(json!({
        "input_format": "DYNAMODB_JSON",
        "s3_bucket_source": [{"bucket": "nowhere"}],
    }));
    let (outcome, _) = bed.try_apply(KIND, None, Some(&config)).await;
    let ApplyOutcome::Failed(None, problems) = outcome else {
        panic!("failed: {outcome:?}");
    };
    assert!(
        problems[0].summary.contains("S3NoSuchBucket"),
        "{problems:?}"
    );
}

#[tokio::test]
async fn what_a_store_does_not_know_is_absent() {
    let bed = bed().await;
    for operation in [
        "DescribeContinuousBackups",
        "DescribeTimeToLive",
        "ListTagsOfResource",
    ] {
        bed.emulator.faults().add(Rule::next(
            Service::DynamoDb,
            operation,
            1000,
            Fault::FailBefore {
                status: 400,
                code: "UnknownOperationException".into(),
                message: "Tagging is not currently supported in DynamoDB Local.".into(),
            },
        ));
    }
    let config = json!({
        "name": "orders", "billing_mode": "PAY_PER_REQUEST", "hash_key": "pk",
        "attribute": [attribute("pk", "S")],
    });
    let object = bed.apply(KIND, None, &config).await;
    settled(&bed, &object, &config).await;
    assert_eq!(
        to_json(&object.value)["point_in_time_recovery"][0]["enabled"],
        false
    );
}
