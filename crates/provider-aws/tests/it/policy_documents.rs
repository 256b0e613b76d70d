//! The data source `aws_iam_policy_document`: what it writes, and what it refuses.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use trueup_addrs::{AbsInstance, InstanceKey, Mode, Resource};
use trueup_provider::{DataRequest, Problems, Provider};
use trueup_value::Value;

use crate::bed::{Bed, bed, bed_with, coerce, errors, to_json};

const KIND: &str = "aws_iam_policy_document";

fn data_config(bed: &Bed, kind: &str, config: &Json) -> Value {
    let schema = bed.provider.schema().of(Mode::Data, kind);
    coerce(&schema.expect("a data source").block, config)
}

async fn data(bed: &Bed, kind: &str, config: &Json) -> Result<Json, Problems> {
    let request = DataRequest {
        address: Arc::new(AbsInstance::in_root(
            Resource::data(kind, "a"),
            InstanceKey::None,
        )),
        config: data_config(bed, kind, config),
    };
    let schema = bed.provider.schema().of(Mode::Data, kind);
    let source = bed.configured.data_source(kind).expect("a data source");
    let value = source.read(&bed.cx, request).await?;
    let ty = schema.expect("a data source").block.implied_type();
    assert_eq!(value.ty(), ty, "{kind}");
    Ok(to_json(&value))
}

/// The ids are checksums of the documents as the published provider writes them: one blank more or
/// another order would give another.
#[tokio::test]
async fn documents_are_written_as_everybody_writes_them() {
    let bed = bed().await;
    let any = |name: &str| json!({"sid": name, "actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::public-page/*"]});
    let with = |mut statement: Json, principals: Json| {
        statement["principals"] = principals;
        statement
    };
    let trust =
        |actions: Json, principals: Json| json!({"actions": actions, "principals": principals});
    for (id, config) in [
        ("1132004489", json!({})),
        ("4084240444", json!({"statement": [{}]})),
        (
            "1530899922",
            json!({"statement": [
                {"sid": "One", "actions": ["dynamodb:GetItem"], "resources": ["*"]},
                {"sid": "Several", "effect": "Allow",
                    "actions": ["dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:Scan"],
                    "resources": ["arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
                        "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/index/*"]},
                {"actions": ["s3:ListAllMyBuckets"], "resources": ["arn:aws:s3:::*"]},
            ]}),
        ),
        (
            "809617768",
            json!({"statement": [
                {"actions": ["s3:ListBucket"], "resources": ["arn:aws:s3:::letters"], "condition": [
                    {"test": "StringLike", "variable": "s3:prefix", "values": ["", "home/", "home/&{aws:username}/"]},
                    {"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]},
                ]},
                {"actions": ["dynamodb:*"], "resources": ["*"], "condition": [
                    {"test": "ForAllValues:StringEquals", "variable": "dynamodb:LeadingKeys", "values": ["a"]},
                    {"test": "ForAllValues:StringEquals", "variable": "dynamodb:Attributes", "values": ["pk", "sk", "body"]},
                    {"test": "IpAddress", "variable": "aws:SourceIp", "values": ["10.0.0.0/8"]},
                    {"test": "IpAddress", "variable": "aws:SourceIp", "values": ["192.168.0.0/16"]},
                ]},
            ]}),
        ),
        (
            "1624045211",
            json!({"statement": [
                {"sid": "OnlyHere", "effect": "Deny", "not_actions": ["iam:*", "sts:*"],
                    "not_resources": ["arn:aws:s3:::mine", "arn:aws:s3:::mine/*"],
                    "condition": [{"test": "StringNotEquals", "variable": "aws:RequestedRegion", "values": ["eu-west-1", "eu-central-1"]}]},
                {"effect": "Deny", "not_actions": ["s3:GetObject"], "resources": ["*"],
                    "not_principals": [{"type": "AWS", "identifiers": ["arn:aws:iam::123456789012:root"]}]},
            ]}),
        ),
        (
            "2029923934",
            json!({"version": "2012-10-17", "policy_id": "homes", "statement": [{"actions": ["s3:*"],
                "resources": ["arn:aws:s3:::homes/&{aws:username}", "arn:aws:s3:::homes/${aws:username}/*"],
                "condition": [{"test": "StringEquals", "variable": "aws:PrincipalTag/team",
                    "values": ["&{aws:ResourceTag/team}", "a & b", "<x>"]}]}]}),
        ),
        (
            "2794084720",
            json!({"statement": [
                trust(json!(["sts:AssumeRole"]), json!([{"type": "Service", "identifiers": ["lambda.amazonaws.com"]}])),
                trust(json!(["sts:AssumeRole", "sts:TagSession"]), json!([
                    {"type": "AWS", "identifiers": ["arn:aws:iam::222222222222:root", "arn:aws:iam::111111111111:role/ci"]},
                    {"type": "Service", "identifiers": ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com"]},
                ])),
                trust(json!(["sts:AssumeRoleWithWebIdentity"]), json!([{"type": "Federated", "identifiers": ["cognito-identity.amazonaws.com"]}])),
            ]}),
        ),
        (
            "2217986056",
            json!({"statement": [
                with(any("everybody"), json!([{"type": "*", "identifiers": ["*"]}])),
                with(any("anyaccount"), json!([{"type": "AWS", "identifiers": ["*"]}])),
                with(any("sametypetwice"), json!([
                    {"type": "AWS", "identifiers": ["333333333333"]}, {"type": "AWS", "identifiers": ["444444444444"]},
                ])),
            ]}),
        ),
    ] {
        let read = data(&bed, KIND, &config).await.expect("written");
        assert_eq!(read["id"], id, "{}", read["json"]);
    }
}

fn statements(read: &Json) -> Json {
    let text = read["json"].as_str().expect("a text");
    let document: Json = serde_json::from_str(text).expect("JSON");
    document["Statement"].clone()
}

#[tokio::test]
async fn documents_are_merged_by_their_sids() {
    let bed = bed().await;
    let source = json!({"Version": "2008-10-17", "Id": "first", "Statement": [
        {"Sid": "A", "Effect": "Allow", "Action": ["s3:Get*"], "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:List*", "Resource": "*", "Principal": "*",
            "Condition": {"Bool": {"aws:SecureTransport": true}}},
    ]});
    let over = json!({"Id": "last", "Statement": {"Sid": "B", "Effect": "Deny", "Action": "sts:*", "Resource": "*"}});
    let config = json!({
        "source_policy_documents": [source.to_string(), "", null],
        "statement": [
            {"sid": "B", "actions": ["sqs:*"], "resources": ["*"]},
            {"sid": "A", "effect": "Deny", "actions": ["s3:*"], "resources": ["*"]},
        ],
        "override_policy_documents": [over.to_string()],
    });
    let read = data(&bed, KIND, &config).await.expect("written");
    let text = read["json"].as_str().expect("a text");
    assert!(
        text.starts_with("{\n  \"Version\": \"2012-10-17\",\n  \"Id\": \"last\",\n"),
        "{text}"
    );
    assert_eq!(
        statements(&read),
        json!([
            {"Sid": "A", "Effect": "Deny", "Action": "s3:*", "Resource": "*"},
            {"Effect": "Allow", "Action": "s3:List*", "Resource": "*", "Principal": "*",
                "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
            {"Sid": "B", "Effect": "Deny", "Action": "sts:*", "Resource": "*"},
        ])
    );
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_words_that_users_know() {
    let bed = bed().await;
    let statement = json!({"sid": "A", "actions": ["s3:GetObject"], "resources": ["*"]});
    let document = json!({"Statement": [{"Sid": "A", "Effect": "Allow"}]}).to_string();
    for (config, summary) in [
        (
            json!({"statement": [statement, statement]}),
            "writing IAM Policy Document: duplicate Sid (A). Remove the Sid or ensure the Sid is unique.",
        ),
        (
            json!({"source_policy_documents": [document, document]}),
            "writing IAM Policy Document: merging source document 1: duplicate Sid (A) in source_policy_documents (statement 0). Remove the Sid or ensure Sids are unique.",
        ),
        (
            json!({"version": "2008-10-17", "statement": [{"actions": ["s3:*"], "resources": ["arn:aws:s3:::homes/&{aws:username}"]}]}),
            "reading resources: found &{ sequence in (arn:aws:s3:::homes/&{aws:username}), which is not supported in document version 2008-10-17",
        ),
    ] {
        let problems = data(&bed, KIND, &config).await.expect_err("refused");
        assert_eq!(errors(&problems), [summary]);
    }
    for (config, summary) in [
        (
            json!({"statement": [{"effect": "Permit"}]}),
            "expected statement.0.effect to be one of [\"Allow\" \"Deny\"], got Permit",
        ),
        (
            json!({"source_policy_documents": ["{not json"]}),
            "\"source_policy_documents.0\" contains an invalid JSON: invalid character 'n' looking for beginning of object key string",
        ),
    ] {
        let config = data_config(&bed, KIND, &config);
        let problems = bed.provider.validate(Mode::Data, KIND, &config);
        assert_eq!(errors(&problems), [summary]);
    }
}

#[tokio::test]
async fn the_partition_is_that_of_the_region() {
    for (region, partition, suffix, prefix) in [
        ("eu-west-1", "aws", "amazonaws.com", "com.amazonaws"),
        (
            "cn-north-1",
            "aws-cn",
            "amazonaws.com.cn",
            "cn.com.amazonaws",
        ),
        (
            "us-gov-west-1",
            "aws-us-gov",
            "amazonaws.com",
            "com.amazonaws",
        ),
    ] {
        let bed = bed_with(json!({"region": region})).await;
        let read = data(&bed, "aws_partition", &json!({})).await.expect("told");
        assert_eq!(
            read,
            json!({"dns_suffix": suffix, "id": partition, "partition": partition, "reverse_dns_prefix": prefix})
        );
    }
}
