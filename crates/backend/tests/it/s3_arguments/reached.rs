//! Rows of arguments and what each promises of the requests: how AWS is reached, and as whom.

use super::rows::{Row, row};

const ROLE: &str = "arn:aws:iam::123456789012:role/deploy";

/// Nothing listens there that speaks TLS: which host is asked for is seen by the proxy.
const BEHIND_PROXY: &str =
    r#""http_proxy": "@", "endpoints": null, "max_retries": 1, "use_path_style": null"#;

/// Endpoints, credentials, roles, proxies, regions.
pub(super) fn reached() -> Vec<Row> {
    let behind = |more: &str| format!("{{{BEHIND_PROXY}{more}}}");
    let role = |more: &str| format!(r#"{{"assume_role": {{"role_arn": "{ROLE}"{more}}}}}"#);
    let web = |more: &str| {
        format!(
            r#"{{"access_key": null, "secret_key": null,
                "assume_role_with_web_identity": {{"role_arn": "{ROLE}"{more}}}}}"#
        )
    };
    let flat = |more: &str| format!(r#"{{"role_arn": "{ROLE}"{more}}}"#);
    vec![
        row(
            "endpoints",
            r#"{"endpoints": {"s3": "@", "dynamodb": "@2"}, "dynamodb_table": "locks"}"#,
            &[
                "2 PutItem",
                "! PutItem",
                "PUT /states/app/terraform.tfstate?x-id=PutObject",
            ],
        ),
        row(
            "old names of endpoints",
            r#"{"endpoints": null, "endpoint": "@", "dynamodb_endpoint": "@2", "sts_endpoint": "@2", "iam_endpoint": "@2", "dynamodb_table": "locks", "skip_credentials_validation": null}"#,
            &[
                "2 PutItem",
                "2 GetCallerIdentity",
                "PUT /states/app/terraform.tfstate?x-id=PutObject",
            ],
        ),
        row(
            "credentials are validated",
            r#"{"skip_credentials_validation": null}"#,
            &["GetCallerIdentity"],
        ),
        row(
            "allowed_account_ids",
            r#"{"skip_requesting_account_id": null, "allowed_account_ids": ["123456789012"]}"#,
            &[
                "GetCallerIdentity",
                "PUT /states/app/terraform.tfstate?x-id=PutObject",
            ],
        ),
        row(
            "allowed_account_ids, another",
            r#"{"skip_requesting_account_id": null, "allowed_account_ids": ["111122223333"]}"#,
            &[
                "= AWS account ID not allowed: 123456789012",
                "! PUT /states/app/terraform.tfstate?x-id=PutObject",
            ],
        ),
        row(
            "forbidden_account_ids",
            r#"{"skip_requesting_account_id": null, "forbidden_account_ids": ["123456789012"]}"#,
            &["= AWS account ID not allowed: 123456789012"],
        ),
        row(
            "sts_region",
            r#"{"skip_credentials_validation": null, "sts_region": "eu-west-1"}"#,
            &[
                "GetCallerIdentity | authorization: /eu-west-1/sts/",
                "PUT /states/app/terraform.tfstate?x-id=PutObject | authorization: /us-east-1/s3/",
            ],
        ),
        row(
            "max_retries",
            r#"{"max_retries": 7}"#,
            &["GET /states/app/terraform.tfstate?x-id=GetObject | amz-sdk-request: max=7"],
        ),
        row(
            "max_retries, the usual",
            "{}",
            &["GET /states/app/terraform.tfstate?x-id=GetObject | amz-sdk-request: max=5"],
        ),
        row(
            "max_retries, a fraction",
            r#"{"max_retries": 2.9}"#,
            &["GET /states/app/terraform.tfstate?x-id=GetObject | amz-sdk-request: max=2"],
        ),
        row(
            "max_retries, none",
            r#"{"max_retries": 0}"#,
            &["GET /states/app/terraform.tfstate?x-id=GetObject | amz-sdk-request: max=3"],
        ),
        row(
            "retry_mode",
            r#"{"retry_mode": "adaptive"}"#,
            &["GET /states/app/terraform.tfstate?x-id=GetObject"],
        ),
        row(
            "assume_role",
            role(
                r#", "duration": "1h", "external_id": "ours", "policy": "{}", "policy_arns": ["arn:aws:iam::aws:policy/ReadOnly"],
            "session_name": "deploy", "source_identity": "ada", "tags": {"team": "orders"}, "transitive_tag_keys": ["team"]"#,
            ),
            &[
                "AssumeRole | body: RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fdeploy",
                "AssumeRole | body: RoleSessionName=deploy",
                "AssumeRole | body: DurationSeconds=3600",
                "AssumeRole | body: ExternalId=ours",
                "AssumeRole | body: Policy=%7B%7D",
                "AssumeRole | body: PolicyArns.member.1.arn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FReadOnly",
                "AssumeRole | body: SourceIdentity=ada",
                "AssumeRole | body: Tags.member.1.Key=team&Tags.member.1.Value=orders",
                "AssumeRole | body: TransitiveTagKeys.member.1=team",
                "AssumeRole | authorization: Credential=AKIAORDERS/",
                "PUT /states/app/terraform.tfstate?x-id=PutObject | x-amz-security-token: embedded",
            ],
        ),
        row(
            "OpenTofu's older arguments for a role",
            flat(
                r#", "session_name": "deploy", "external_id": "ours", "assume_role_duration_seconds": 900,
            "assume_role_policy": "{}", "assume_role_policy_arns": ["arn:aws:iam::aws:policy/ReadOnly"],
            "assume_role_tags": {"team": "orders"}, "assume_role_transitive_tag_keys": ["team"]"#,
            ),
            &[
                "AssumeRole | body: RoleSessionName=deploy",
                "AssumeRole | body: DurationSeconds=900",
                "AssumeRole | body: ExternalId=ours",
                "AssumeRole | body: Policy=%7B%7D",
                "AssumeRole | body: PolicyArns.member.1.arn=",
                "AssumeRole | body: Tags.member.1.Key=team",
                "AssumeRole | body: TransitiveTagKeys.member.1=team",
            ],
        ),
        row(
            "assume_role_with_web_identity",
            web(
                r#", "web_identity_token": "a-token", "session_name": "deploy", "duration": "15m", "policy": "{}", "policy_arns": ["arn:aws:iam::aws:policy/ReadOnly"]"#,
            ),
            &[
                "AssumeRoleWithWebIdentity | body: WebIdentityToken=a-token",
                "AssumeRoleWithWebIdentity | body: RoleSessionName=deploy",
                "AssumeRoleWithWebIdentity | body: DurationSeconds=900",
                "AssumeRoleWithWebIdentity | body: PolicyArns.member.1.arn=",
                "PUT /states/app/terraform.tfstate?x-id=PutObject | x-amz-security-token: embedded",
            ],
        ),
        row(
            "web_identity_token_file",
            web(r#", "web_identity_token_file": "$/token""#),
            &["AssumeRoleWithWebIdentity | body: WebIdentityToken=of-a-file"],
        ),
        Row(
            "a web identity of the environment",
            r#"{"access_key": null, "secret_key": null, "assume_role_with_web_identity": {}}"#
                .into(),
            &[
                ("AWS_ROLE_ARN", ROLE),
                ("AWS_WEB_IDENTITY_TOKEN", "outside"),
                ("AWS_ROLE_SESSION_NAME", "ours"),
            ],
            &[
                "AssumeRoleWithWebIdentity | body: WebIdentityToken=outside",
                "AssumeRoleWithWebIdentity | body: RoleSessionName=ours",
            ],
        ),
        row(
            "keys in the block come before a web identity",
            format!(
                r#"{{"assume_role_with_web_identity": {{"role_arn": "{ROLE}", "web_identity_token": "a-token"}}}}"#
            ),
            &[
                "! AssumeRoleWithWebIdentity",
                "PUT /states/app/terraform.tfstate?x-id=PutObject | authorization: Credential=AKIAORDERS/",
            ],
        ),
        row(
            "profile and shared files",
            r#"{"access_key": null, "secret_key": null, "profile": "orders", "shared_config_files": ["$/config"], "shared_credentials_files": ["$/credentials"]}"#,
            &[
                "PUT /states/app/terraform.tfstate?x-id=PutObject | authorization: Credential=AKIAPROFILE/",
            ],
        ),
        row(
            "shared_credentials_file",
            r#"{"access_key": null, "secret_key": null, "profile": "orders", "shared_credentials_file": "$/credentials", "shared_config_files": ["$/config"]}"#,
            &[
                "PUT /states/app/terraform.tfstate?x-id=PutObject | authorization: Credential=AKIAPROFILE/",
            ],
        ),
        row(
            "ec2_metadata_service_endpoint",
            r#"{"access_key": null, "secret_key": null, "profile": "none", "shared_config_files": ["$/config"], "shared_credentials_files": ["$/credentials"], "ec2_metadata_service_endpoint": "@2", "ec2_metadata_service_endpoint_mode": "IPv4"}"#,
            &["2 PUT /latest/api/token"],
        ),
        row(
            "skip_metadata_api_check",
            r#"{"access_key": null, "secret_key": null, "profile": "none", "shared_config_files": ["$/config"], "shared_credentials_files": ["$/credentials"], "ec2_metadata_service_endpoint": "@2", "skip_metadata_api_check": true}"#,
            &[
                "! 2 PUT /latest/api/token",
                "= no valid credential sources found",
            ],
        ),
        row(
            "custom_ca_bundle",
            r#"{"custom_ca_bundle": "$/none.pem"}"#,
            &["= none.pem cannot be used"],
        ),
        row(
            "insecure",
            r#"{"insecure": true}"#,
            &["= skipping TLS verification is not supported"],
        ),
        row(
            "force_path_style",
            r#"{"use_path_style": null, "force_path_style": true}"#,
            &["PUT /states/app/terraform.tfstate?x-id=PutObject"],
        ),
        row(
            "buckets have hosts",
            behind(""),
            &["CONNECT states.s3.us-east-1.amazonaws.com:443"],
        ),
        row(
            "use_path_style",
            behind(r#", "use_path_style": true"#),
            &["CONNECT s3.us-east-1.amazonaws.com:443"],
        ),
        row(
            "use_fips_endpoint",
            behind(r#", "use_fips_endpoint": true"#),
            &["CONNECT states.s3-fips.us-east-1.amazonaws.com:443"],
        ),
        row(
            "use_dualstack_endpoint",
            behind(r#", "use_dualstack_endpoint": true"#),
            &["CONNECT states.s3.dualstack.us-east-1.amazonaws.com:443"],
        ),
        row(
            "https_proxy",
            r#"{"https_proxy": "@2", "endpoints": null, "max_retries": 1, "use_path_style": null}"#,
            &["2 CONNECT states.s3.us-east-1.amazonaws.com:443"],
        ),
        row(
            "http_proxy for plain HTTP",
            r#"{"http_proxy": "@", "endpoints": {"s3": "http://aws.example"}}"#,
            &["PUT http://aws.example/states/app/terraform.tfstate?x-id=PutObject"],
        ),
        row(
            "no_proxy",
            r#"{"http_proxy": "@2", "no_proxy": "127.0.0.1"}"#,
            &["PUT /states/app/terraform.tfstate?x-id=PutObject"],
        ),
        row(
            "a fips endpoint of one's own",
            r#"{"use_fips_endpoint": true, "use_dualstack_endpoint": true}"#,
            &["PUT /states/app/terraform.tfstate?x-id=PutObject"],
        ),
        Row(
            "an older variable",
            r#"{"endpoints": null}"#.into(),
            &[("AWS_S3_ENDPOINT", "@")],
            &["PUT /states/app/terraform.tfstate?x-id=PutObject"],
        ),
        row(
            "skip_region_validation",
            r#"{"region": "orders-1", "skip_region_validation": true}"#,
            &[
                "GET /states/?list-type=2&max-keys=1000&prefix=env%3A%2F | authorization: /orders-1/s3/",
            ],
        ),
        row(
            "a region that is none",
            r#"{"region": "orders-1"}"#,
            &[
                "= Invalid AWS Region: orders-1",
                "! GET /states/?list-type=2&max-keys=1000&prefix=env%3A%2F",
            ],
        ),
    ]
}
