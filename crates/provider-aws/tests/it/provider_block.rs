//! Provider blocks: what they may say, and what is wrong with some.

use serde_json::{Value as Json, json};
use trueup_provider::Provider;
use trueup_provider_aws::AwsProvider;

use crate::bed::{bed_with, coerce};

fn problems(config: Json) -> Vec<String> {
    let provider = AwsProvider::through(trueup_aws::Transport::default());
    let block = coerce(&provider.schema().config, &config);
    provider
        .validate_provider(&block)
        .into_iter()
        .map(|problem| format!("{}{}", problem.summary, problem.path))
        .collect()
}

#[test]
fn what_is_wrong_is_said_where_it_is() {
    for (config, expected) in [
        (json!({}), vec![]),
        (
            json!({"region": {"$unknown": true}, "endpoints": [{"dynamodb": {"$unknown": true}}]}),
            vec![],
        ),
        (json!({"skip_metadata_api_check": true}), vec![]),
        (
            json!({"retry_mode": "eager"}),
            vec![
                "expected retry_mode to be one of [\"standard\" \"adaptive\"], got eager.retry_mode",
            ],
        ),
        (
            json!({"endpoints": [{"dynamodb": "localhost:8000"}]}),
            vec!["Invalid endpoint.endpoints"],
        ),
        (
            json!({"allowed_account_ids": ["1"], "forbidden_account_ids": ["2"]}),
            vec![
                "\"allowed_account_ids\": conflicts with forbidden_account_ids.allowed_account_ids",
            ],
        ),
        (
            json!({"assume_role": [{"role_arn": "me", "duration": "1m"}]}),
            vec![
                "duration must be between 15 minutes (15m) and 12 hours (12h), inclusive.assume_role[0].duration",
                "\"role_arn\" (me) is an invalid ARN: arn: invalid prefix.assume_role[0].role_arn",
            ],
        ),
    ] {
        assert_eq!(problems(config.clone()), expected, "{config}");
    }
}

#[tokio::test]
async fn a_block_as_emulators_want_it_connects() {
    let bed = bed_with(json!({
        "region": "eu-west-1", "access_key": "test", "secret_key": "test",
        "skip_credentials_validation": true, "skip_metadata_api_check": true,
        "skip_requesting_account_id": true, "s3_use_path_style": true,
        "endpoints": [{"dynamodb": "http://127.0.0.1:4566", "s3": "http://127.0.0.1:4566"}],
    }))
    .await;
    assert!(bed.configured.resource_type("aws_dynamodb_table").is_some());
    assert!(bed.configured.resource_type("aws_nothing").is_none());
}
