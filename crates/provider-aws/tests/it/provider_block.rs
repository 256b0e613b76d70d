//! Provider blocks: what they may say, and what is wrong with some.

use serde_json::{Value as Json, json};
use trueup_provider::Provider;
use trueup_provider_aws::{AwsProvider, Environment};

use crate::bed::{bed_with, coerce};

fn problems(config: Json) -> Vec<String> {
    problems_with(config, &[])
}

fn environment(variables: &[(&str, &str)]) -> Environment {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Environment::new(variables.iter().map(owned))
}

fn problems_with(config: Json, variables: &[(&str, &str)]) -> Vec<String> {
    let provider = AwsProvider::through(trueup_aws::Transport::default())
        .with_environment(environment(variables));
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
        // As tutorials wrote it for releases before 5.0.
        (
            json!({
                "region": "us-east-1", "profile": "orders", "shared_credentials_file": "~/.aws/creds",
                "s3_force_path_style": true, "skip_get_ec2_platforms": true,
            }),
            vec![
                "Argument is deprecated.s3_force_path_style",
                "Argument is deprecated.shared_credentials_file",
                "Argument is deprecated.skip_get_ec2_platforms",
            ],
        ),
        (
            json!({"shared_credentials_file": "a", "shared_credentials_files": ["b"]}),
            vec![
                "Argument is deprecated.shared_credentials_file",
                "Conflicting configuration arguments.shared_credentials_file",
            ],
        ),
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
                "duration \"assume_role.0.duration\" must be between 15 minutes (15m) and 12 hours (12h), inclusive.assume_role[0].duration",
                "\"assume_role.0.role_arn\" (me) is an invalid ARN: arn: invalid prefix.assume_role[0].role_arn",
            ],
        ),
        (
            json!({"assume_role": [{"role_arn": "arn:aws:iam::123456789012:role/a", "duration": "soon",
                "session_name": "a", "external_id": "a b", "source_identity": "x?", "policy": "{",
                "policy_arns": ["p"]}]}),
            vec![
                "\"assume_role.0.duration\" cannot be parsed as a duration: \"soon\".assume_role[0].duration",
                "\"assume_role.0.policy_arns\" (p) is an invalid ARN: arn: invalid prefix.assume_role[0].policy_arns",
                "\"assume_role.0.policy\" contains an invalid JSON: EOF while parsing an object at line 1 column 1.assume_role[0].policy",
                "expected length of assume_role.0.session_name to be in the range (2 - 64), got a.assume_role[0].session_name",
                "invalid value for assume_role.0.external_id (letters, digits, _ and +=,.@:/- are allowed).assume_role[0].external_id",
                "invalid value for assume_role.0.source_identity (letters, digits, _ and +=,.@- are allowed).assume_role[0].source_identity",
            ],
        ),
        (
            json!({"assume_role": [{}]}),
            vec!["Missing Configuration for Required Attribute.assume_role[0].role_arn"],
        ),
        (
            json!({"assume_role": [{"role_arn": {"$unknown": true}}]}),
            vec![],
        ),
        (
            json!({"assume_role_with_web_identity": [{"role_arn": "arn:aws:iam::123456789012:role/a"}]}),
            vec!["Invalid Attribute Combination.assume_role_with_web_identity[0]"],
        ),
        (
            json!({"assume_role_with_web_identity": [{"role_arn": "arn:aws:iam::123456789012:role/a",
                "web_identity_token": "token", "web_identity_token_file": "/token"}]}),
            vec!["Invalid Attribute Combination.assume_role_with_web_identity[0]"],
        ),
        (
            json!({"ec2_metadata_service_endpoint_mode": "v4", "tag_policy_compliance": "loud"}),
            vec![
                "expected ec2_metadata_service_endpoint_mode to be one of [\"IPv4\" \"IPv6\"], got v4.ec2_metadata_service_endpoint_mode",
                "expected tag_policy_compliance to be one of [\"error\" \"warning\" \"disabled\"], got loud.tag_policy_compliance",
            ],
        ),
        (
            json!({"http_proxy": "http://proxy:3128"}),
            vec!["Missing HTTPS Proxy.http_proxy"],
        ),
        (
            json!({"http_proxy": "http://proxy:3128", "https_proxy": ""}),
            vec![],
        ),
        (
            json!({"endpoints": [{"s3": "http://127.0.0.1:1", "s3api": "http://127.0.0.1:2"}]}),
            vec!["Invalid Attribute Combination.endpoints"],
        ),
        (
            json!({"endpoints": [{"s3": "http://127.0.0.1:1"}, {"sts": "http://127.0.0.1:2"}]}),
            vec!["Several endpoints blocks.endpoints"],
        ),
        (
            json!({"default_tags": [{"tags": {"aws:team": "a"}}]}),
            vec!["Tags of AWS's own.default_tags[0].tags"],
        ),
    ] {
        assert_eq!(problems(config.clone()), expected, "{config}");
    }
}

#[test]
fn variables_stand_in_for_arguments() {
    let web = json!({"assume_role_with_web_identity": [{"role_arn": "arn:aws:iam::123456789012:role/a"}]});
    for (config, variables, expected) in [
        (
            json!({}),
            vec![("AWS_RETRY_MODE", "eager")],
            vec![
                "expected retry_mode to be one of [\"standard\" \"adaptive\"], got eager.retry_mode",
            ],
        ),
        (
            json!({"retry_mode": "standard"}),
            vec![("AWS_RETRY_MODE", "eager")],
            vec![],
        ),
        (
            web.clone(),
            vec![("AWS_WEB_IDENTITY_TOKEN_FILE", "/token")],
            vec![],
        ),
        (
            web,
            vec![
                ("AWS_WEB_IDENTITY_TOKEN_FILE", "/token"),
                ("TF_AWS_WEB_IDENTITY_TOKEN", "token"),
            ],
            vec!["Invalid Attribute Combination.assume_role_with_web_identity[0]"],
        ),
        (
            json!({}),
            vec![("TF_AWS_DYNAMODB_ENDPOINT", "http://127.0.0.1:8000")],
            vec!["Deprecated Environment Variable"],
        ),
        (
            json!({}),
            vec![
                ("AWS_DYNAMODB_ENDPOINT", "http://127.0.0.1:8000"),
                ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:8001"),
            ],
            vec![],
        ),
        (
            json!({"http_proxy": "http://proxy:3128"}),
            vec![("HTTPS_PROXY", "http://proxy:3128")],
            vec![],
        ),
        (
            json!({}),
            vec![("AWS_METADATA_URL", "http://127.0.0.1:1338")],
            vec!["Deprecated Environment Variable"],
        ),
    ] {
        assert_eq!(
            problems_with(config.clone(), &variables),
            expected,
            "{config} {variables:?}"
        );
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
