//! Rows of arguments and what each promises of the requests: how a state is kept.

/// The settings of every row; a row's own come over them, and its nulls take them away.
pub(super) const USUAL: &str = r#"{
  "bucket": "states", "key": "app/terraform.tfstate", "region": "us-east-1",
  "access_key": "AKIAORDERS", "secret_key": "secret", "use_path_style": true,
  "skip_credentials_validation": true, "skip_requesting_account_id": true,
  "endpoints": {"s3": "@", "dynamodb": "@", "sts": "@"}
}"#;

const KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// A row: what it is about, its settings, variables of the environment, and what is expected of the
/// requests. A line `WHAT` asks for a request so named; `WHAT | HEADER: PART` for one with a header that
/// holds a text (`body` is one of them, `target` too); a line with `!` in front forbids it; `= TEXT` asks
/// for an error that says so. `@` is the address of AWS, `@2` another one, `$` a folder with files.
pub(super) struct Row(
    pub(super) &'static str,
    pub(super) String,
    pub(super) &'static [(&'static str, &'static str)],
    pub(super) &'static [&'static str],
);

pub(super) fn row(
    about: &'static str,
    settings: impl Into<String>,
    expected: &'static [&'static str],
) -> Row {
    Row(about, settings.into(), &[], expected)
}

/// Where a state is kept, locked, tagged, encrypted.
pub(super) fn kept() -> Vec<Row> {
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
    ]
}
