//! Data sources of keys and aliases.

use serde_json::{Value as Json, json};

use super::{ALIAS, KEY, key};
use crate::bed::{Bed, bed, errors, to_json};

async fn data(bed: &Bed, kind: &str, config: Json) -> Result<Json, Vec<String>> {
    match crate::data_sources::read(bed, kind, config).await {
        Ok(value) => Ok(to_json(&value)),
        Err(problems) => Err(errors(&problems)),
    }
}

#[tokio::test]
async fn data_sources_tell_of_keys_and_aliases() {
    let bed = bed().await;
    let key = to_json(&bed.apply(KEY, None, &key()).await.value);
    let alias = json!({"name": "alias/orders", "target_key_id": key["id"]});
    bed.apply(ALIAS, None, &alias).await;
    let found = data(&bed, ALIAS, json!({"name": "alias/orders"}))
        .await
        .expect("read");
    assert_eq!(found["target_key_arn"], key["arn"]);
    assert_eq!(
        found["id"],
        json!("arn:aws:kms:eu-west-1:123456789012:alias/orders")
    );
    for name in ["alias/orders", key["arn"].as_str().expect("an ARN")] {
        let found = data(&bed, KEY, json!({"key_id": name}))
            .await
            .expect("read");
        assert_eq!(found["id"], key["id"]);
        assert_eq!(found["key_id"], json!(name));
        assert_eq!(found["description"], json!("orders table"));
        assert_eq!(found["key_manager"], json!("CUSTOMER"));
        assert_eq!(found["deletion_date"], Json::Null);
    }
    let default = data(&bed, KEY, json!({"key_id": "alias/aws/dynamodb"}))
        .await
        .expect("read");
    assert_eq!(default["key_manager"], json!("AWS"));
    assert_eq!(default["creation_date"], json!("2020-01-01T00:00:00Z"));
    let missing = data(&bed, ALIAS, json!({"name": "alias/none"})).await;
    assert!(missing.is_err());
    let missing = data(&bed, KEY, json!({"key_id": "alias/none"})).await;
    assert!(missing.expect_err("missing")[0].contains("NotFoundException"));
}
