//! Single tags of tables.

use serde_json::json;

use super::{ARN, TABLE, TAG, table, tag};
use crate::bed::bed;
use crate::looks::{imported, plain, settled};

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
