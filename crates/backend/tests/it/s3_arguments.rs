//! Every argument of a `backend "s3"` block over the wire: a state is listed, locked, read, written and
//! released, and what was sent to AWS is held against what the argument promises.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use trueup_aws::Transport;
use trueup_backend::{
    AwsClients, Backend, Environment, Error, LockOptions, Operation, Place, S3Backend, S3Settings,
    Session, Surroundings, schema,
};
use trueup_emulator::{Config, Emulator};

use crate::bed::state_with;
use crate::recorder::Recorder;

/// The settings of every row; a row's own come over them, and its nulls take them away.
const USUAL: &str = r#"{
  "bucket": "states", "key": "app/terraform.tfstate", "region": "us-east-1",
  "access_key": "AKIAORDERS", "secret_key": "secret", "use_path_style": true,
  "skip_credentials_validation": true, "skip_requesting_account_id": true,
  "endpoints": {"s3": "@", "dynamodb": "@", "sts": "@"}
}"#;

const ROLE: &str = "arn:aws:iam::123456789012:role/deploy";
const KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// A row: what it is about, its settings, variables of the environment, and what is expected of the
/// requests. A line `WHAT` asks for a request so named; `WHAT | HEADER: PART` for one with a header that
/// holds a text (`body` is one of them, `target` too); a line with `!` in front forbids it; `= TEXT` asks
/// for an error that says so. `@` is the address of AWS, `@2` another one, `$` a folder with files.
struct Row(
    &'static str,
    String,
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
);

fn row(about: &'static str, settings: impl Into<String>, expected: &'static [&'static str]) -> Row {
    Row(about, settings.into(), &[], expected)
}

/// Nothing listens there that speaks TLS: which host is asked for is seen by the proxy.
const BEHIND_PROXY: &str =
    r#""http_proxy": "@", "endpoints": null, "max_retries": 1, "use_path_style": null"#;

fn rows() -> Vec<Row> {
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
            "bucket, key, region, access_key",
            "{}",
            &[
                "GET /states/?list-type=2&max-keys=1000&prefix=env%3A%2F | authorization: Credential=AKIAORDERS/",
                "GET /states/app/terraform.tfstate?x-id=GetObject | authorization: /us-east-1/s3/",
                "PUT /states/app/terraform.tfstate?x-id=PutObject | content-type: application/json",
                "PUT /states/app/terraform.tfstate?x-id=PutObject | if-none-match: *",
                "! PutItem",
                "! GetItem",
                "! GetCallerIdentity",
                "! AssumeRole",
                "! PUT /states/app/terraform.tfstate?x-id=PutObject | x-amz-server-side-encryption",
                "! PUT /states/app/terraform.tfstate?x-id=PutObject | x-amz-acl",
                "! PUT /states/app/terraform.tfstate?x-id=PutObject | x-amz-tagging",
                "! PUT /states/app/terraform.tfstate.tflock?x-id=PutObject",
            ],
        ),
        row(
            "token",
            r#"{"token": "session"}"#,
            &["PUT /states/app/terraform.tfstate?x-id=PutObject | x-amz-security-token: session"],
        ),
        row(
            "dynamodb_table",
            r#"{"dynamodb_table": "locks", "region": "us-east-1"}"#,
            &[
                r#"PutItem | body: "LockID":{"S":"states/app/terraform.tfstate"}"#,
                "PutItem | body: attribute_not_exists(LockID)",
                r#"PutItem | body: "LockID":{"S":"states/app/terraform.tfstate-md5"}"#,
                "GetItem | body: \"ConsistentRead\":true",
                "DeleteItem",
                "PutItem | authorization: /us-east-1/dynamodb/",
                "! PUT /states/app/terraform.tfstate.tflock?x-id=PutObject",
            ],
        ),
        row(
            "use_lockfile",
            r#"{"use_lockfile": true}"#,
            &[
                "PUT /states/app/terraform.tfstate.tflock?x-id=PutObject | if-none-match: *",
                "PUT /states/app/terraform.tfstate.tflock?x-id=PutObject | body: \"Operation\":\"OperationTypeApply\"",
                "DELETE /states/app/terraform.tfstate.tflock?x-id=DeleteObject",
                "! PutItem",
            ],
        ),
        row(
            "both locks",
            r#"{"use_lockfile": true, "dynamodb_table": "locks"}"#,
            &[
                "PUT /states/app/terraform.tfstate.tflock?x-id=PutObject",
                "PutItem",
                "DELETE /states/app/terraform.tfstate.tflock?x-id=DeleteObject",
                "DeleteItem",
            ],
        ),
        row(
            "workspace_key_prefix",
            r#"{"workspace_key_prefix": "work/spaces"}"#,
            &["GET /states/?list-type=2&max-keys=1000&prefix=work%2Fspaces%2F"],
        ),
        row(
            "workspace_key_prefix, empty",
            r#"{"workspace_key_prefix": ""}"#,
            &["GET /states/?list-type=2&max-keys=1000&prefix="],
        ),
        row(
            "acl",
            r#"{"acl": "bucket-owner-full-control", "use_lockfile": true}"#,
            &[
                "PUT /states/app/terraform.tfstate?x-id=PutObject | x-amz-acl: bucket-owner-full-control",
                "PUT /states/app/terraform.tfstate.tflock?x-id=PutObject | x-amz-acl: bucket-owner-full-control",
            ],
        ),
        row(
            "state_tags and lock_tags",
            r#"{"state_tags": {"team": "orders & co"}, "lock_tags": {"kind": "lock"}, "use_lockfile": true}"#,
            &[
                "PUT /states/app/terraform.tfstate?x-id=PutObject | x-amz-tagging: team=orders%20%26%20co",
                "PUT /states/app/terraform.tfstate.tflock?x-id=PutObject | x-amz-tagging: kind=lock",
            ],
        ),
        row(
            "encrypt",
            r#"{"encrypt": true, "use_lockfile": true}"#,
            &[
                "PUT /states/app/terraform.tfstate?x-id=PutObject | x-amz-server-side-encryption: AES256",
                "PUT /states/app/terraform.tfstate.tflock?x-id=PutObject | x-amz-server-side-encryption: AES256",
                "! GET /states/app/terraform.tfstate?x-id=GetObject | x-amz-server-side-encryption",
            ],
        ),
        row(
            "kms_key_id",
            r#"{"encrypt": true, "kms_key_id": "alias/states"}"#,
            &[
                "PUT /states/app/terraform.tfstate?x-id=PutObject | x-amz-server-side-encryption: aws:kms",
                "PUT /states/app/terraform.tfstate?x-id=PutObject | x-amz-server-side-encryption-aws-kms-key-id: alias/states",
            ],
        ),
        row(
            "kms_key_id without encrypt",
            r#"{"kms_key_id": "alias/states"}"#,
            &["! PUT /states/app/terraform.tfstate?x-id=PutObject | x-amz-server-side-encryption"],
        ),
        row(
            "sse_customer_key",
            format!(r#"{{"encrypt": true, "sse_customer_key": "{KEY}", "use_lockfile": true}}"#),
            &[
                "PUT /states/app/terraform.tfstate?x-id=PutObject | x-amz-server-side-encryption-customer-algorithm: AES256",
                "PUT /states/app/terraform.tfstate?x-id=PutObject | x-amz-server-side-encryption-customer-key: MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
                "PUT /states/app/terraform.tfstate?x-id=PutObject | x-amz-server-side-encryption-customer-key-md5: KYvwGXoFFJ42a2u2GDWhwQ==",
                "GET /states/app/terraform.tfstate?x-id=GetObject | x-amz-server-side-encryption-customer-key-md5: KYvwGXoFFJ42a2u2GDWhwQ==",
                "PUT /states/app/terraform.tfstate.tflock?x-id=PutObject | x-amz-server-side-encryption-customer-algorithm: AES256",
                "! DELETE /states/app/terraform.tfstate.tflock?x-id=DeleteObject | x-amz-server-side-encryption-customer-algorithm",
            ],
        ),
        Row(
            "the customer's key of the environment",
            r#"{"encrypt": true}"#.into(),
            &[("AWS_SSE_CUSTOMER_KEY", KEY)],
            &[
                "PUT /states/app/terraform.tfstate?x-id=PutObject | x-amz-server-side-encryption-customer-algorithm: AES256",
            ],
        ),
        row(
            "a checksum is sent",
            "{}",
            &["PUT /states/app/terraform.tfstate?x-id=PutObject | x-amz-checksum-sha256: ="],
        ),
        row(
            "skip_s3_checksum",
            r#"{"skip_s3_checksum": true}"#,
            &["! PUT /states/app/terraform.tfstate?x-id=PutObject | x-amz-checksum-sha256"],
        ),
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

#[tokio::test(flavor = "multi_thread")]
async fn every_argument_reaches_aws() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [
        ("config", "[profile orders]\nregion = us-east-1\n"),
        (
            "credentials",
            "[orders]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = secret\n",
        ),
        ("token", "of-a-file"),
    ] {
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    let mut wrong = Vec::new();
    for row in rows() {
        // Credentials of the machine would be found before the row's.
        let needs_none = row.1.contains("ec2_metadata");
        let has_some = std::env::var_os("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").is_some()
            || std::env::var_os("AWS_EC2_METADATA_DISABLED").is_some();
        if needs_none && has_some {
            let _ = writeln!(
                std::io::stdout().lock(),
                "SKIPPED: {}: the environment has credentials or forbids metadata",
                row.0
            );
            continue;
        }
        wrong.extend(check(&row, folder.path()).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn check(row: &Row, folder: &Path) -> Vec<String> {
    let Row(about, settings, env, expected) = row;
    let emulator = Emulator::in_memory(Config::default()).expect("an emulator");
    emulator
        .ensure_bucket("states", "us-east-1")
        .expect("a bucket");
    emulator
        .ensure_lock_table("locks", "us-east-1")
        .expect("a table");
    let aws = Recorder::start(emulator.clone()).await;
    let other = Recorder::start(emulator).await;
    let fill = |text: &str| {
        text.replace("@2", &other.address)
            .replace('@', &aws.address)
            .replace('$', &folder.display().to_string())
    };
    let mut all: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&fill(USUAL)).expect("JSON");
    let own: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&fill(settings)).expect(about);
    all.extend(own);
    let environment = Environment::new(
        env.iter()
            .map(|(name, value)| ((*name).to_owned(), fill(value))),
    );
    let outcome = use_it(
        &serde_json::Value::Object(all).to_string(),
        environment,
        folder,
    )
    .await;
    let said = outcome
        .err()
        .map(|error| error.to_string())
        .unwrap_or_default();
    let (sent, sent_elsewhere) = (aws.take(), other.take());
    let mut wrong = Vec::new();
    for line in *expected {
        if let Some(text) = line.strip_prefix("= ") {
            if !said.contains(text) {
                wrong.push(format!(
                    "{about}: the error does not say {text:?}: {said:?}"
                ));
            }
            continue;
        }
        let (forbidden, line) = match line.strip_prefix("! ") {
            Some(rest) => (true, rest),
            None => (false, *line),
        };
        let (sent, line) = match line.strip_prefix("2 ") {
            Some(rest) => (&sent_elsewhere, rest),
            None => (&sent, line),
        };
        let (what, header) = line.split_once(" | ").unwrap_or((line, ""));
        let (name, part) = header.split_once(": ").unwrap_or((header, ""));
        let found = sent.iter().any(|request| {
            request.line() == what
                && match name {
                    "" => true,
                    "body" => request.body.contains(part),
                    name => {
                        let value = request.header(name);
                        !value.is_empty() && value.contains(part)
                    }
                }
        });
        if found == forbidden {
            let requests: Vec<_> = sent
                .iter()
                .map(|request| match name {
                    "" => request.line(),
                    "body" => format!("{} | {}", request.line(), request.body),
                    name => format!("{} | {}", request.line(), request.header(name)),
                })
                .collect();
            let verb = if forbidden {
                "was sent"
            } else {
                "was not sent"
            };
            wrong.push(format!(
                "{about}: {line:?} {verb}; error {said:?}; sent:\n  {}",
                requests.join("\n  ")
            ));
        }
    }
    wrong
}

/// One run's use of a state.
async fn use_it(settings: &str, environment: Environment, folder: &Path) -> Result<(), Error> {
    let value = trueup_value::json::decode(settings).expect("JSON");
    let value = schema("s3")
        .and_then(|schema| schema.coerce(value).ok())
        .expect("a block");
    let settings = S3Settings::from_config(&value, &environment)?;
    let surroundings = Surroundings::for_tests("one");
    let transport = Transport {
        initial_backoff: Some(Duration::from_millis(1)),
        ..Transport::default()
    };
    let place = Place {
        working_dir: folder.to_owned(),
        journal_dir: folder.join("journal"),
        ..Place::default()
    };
    let connect = AwsClients::over(transport);
    let backend = S3Backend::connect(settings, &place, &surroundings, &connect).await?;
    backend.workspaces().await?;
    let mut session = Session::open(
        Arc::new(backend),
        "default",
        Operation::Apply,
        LockOptions::default(),
        &surroundings,
    )
    .await?;
    session.checkpoint(&state_with("orders")).await?;
    session.close().await
}
