//! Small services asked with members missing, of the wrong kind or of any text: refused, never a failure inside.

use proptest::prelude::*;
use serde_json::json;

use crate::bad_input::variants;
use crate::bed::{KINESIS, KMS, SCALING, ask, memory, ok, orders, query};
use crate::keys::key;
use crate::scaling::{band, tracking};

#[tokio::test]
async fn a_wrong_member_is_never_a_failure_inside() {
    let emulator = memory(0);
    ok(&emulator, "CreateTable", orders()).await;
    let id = key(&emulator, json!({})).await;
    let stream = json!({"StreamName": "orders-changes", "ShardCount": 1});
    for (service, operation, body) in [
        (
            KMS,
            "CreateKey",
            json!({"Description": "a", "Policy": "{}", "KeySpec": "SYMMETRIC_DEFAULT",
            "MultiRegion": true, "Tags": [{"TagKey": "a", "TagValue": "b"}]}),
        ),
        (
            KMS,
            "DescribeKey",
            json!({"KeyId": id, "GrantTokens": ["a"]}),
        ),
        (
            KMS,
            "PutKeyPolicy",
            json!({"KeyId": id, "PolicyName": "default",
            "Policy": json!({"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}}]}).to_string()}),
        ),
        (
            KMS,
            "GenerateDataKey",
            json!({"KeyId": id, "KeySpec": "AES_256"}),
        ),
        (
            KMS,
            "Decrypt",
            json!({"KeyId": id, "CiphertextBlob": "AAAA"}),
        ),
        (
            KMS,
            "CreateAlias",
            json!({"AliasName": "alias/orders", "TargetKeyId": id}),
        ),
        (KMS, "ListKeys", json!({"Limit": 1, "Marker": "1"})),
        (
            KMS,
            "ScheduleKeyDeletion",
            json!({"KeyId": id, "PendingWindowInDays": 7}),
        ),
        (SCALING, "RegisterScalableTarget", band(1, 5)),
        (SCALING, "PutScalingPolicy", tracking()),
        (
            SCALING,
            "DescribeScalableTargets",
            json!({"ServiceNamespace": "dynamodb",
            "ResourceIds": ["table/orders"], "MaxResults": 1, "NextToken": "1"}),
        ),
        (KINESIS, "CreateStream", stream),
        (
            KINESIS,
            "AddTagsToStream",
            json!({"StreamName": "orders-changes", "Tags": {"a": "b"}}),
        ),
        (
            KINESIS,
            "ListTagsForStream",
            json!({"StreamName": "orders-changes", "Limit": 1}),
        ),
        (
            KINESIS,
            "UpdateShardCount",
            json!({"StreamName": "orders-changes", "TargetShardCount": 2,
            "ScalingType": "UNIFORM_SCALING"}),
        ),
        (
            KINESIS,
            "EnableEnhancedMonitoring",
            json!({"StreamName": "orders-changes",
            "ShardLevelMetrics": ["ALL"]}),
        ),
    ] {
        for variant in variants(&body) {
            let answer = service.call(&emulator, operation, variant.clone()).await;
            let text = answer.text();
            assert!(answer.status < 500, "{operation} {variant}: {text}");
        }
    }
}

const ACTIONS: &[(&str, &[&str])] = &[
    (
        "ec2",
        &[
            "CreateVpc",
            "DescribeVpcs",
            "DescribeVpcAttribute",
            "ModifyVpcAttribute",
            "AssociateVpcCidrBlock",
            "CreateSubnet",
            "DescribeSubnets",
            "ModifySubnetAttribute",
            "AssociateSubnetCidrBlock",
            "CreateTags",
            "DeleteTags",
            "DescribeTags",
            "DescribeRouteTables",
            "DescribeAvailabilityZones",
        ],
    ),
    (
        "iam",
        &[
            "CreateRole",
            "UpdateRole",
            "PutRolePolicy",
            "AttachRolePolicy",
            "CreatePolicy",
            "CreatePolicyVersion",
            "DeletePolicyVersion",
            "TagRole",
            "UntagPolicy",
            "ListRoles",
        ],
    ),
    ("sts", &["GetCallerIdentity", "AssumeRole", "Nothing"]),
];

const NAMES: &[&str] = &[
    "VpcId",
    "VpcId.1",
    "SubnetId",
    "CidrBlock",
    "Ipv6CidrBlock",
    "AmazonProvidedIpv6CidrBlock",
    "Attribute",
    "EnableDnsSupport.Value",
    "ResourceId.1",
    "Tag.1.Key",
    "Filter.1.Name",
    "Filter.1.Value.1",
    "MaxResults",
    "NextToken",
    "TagSpecification.1.ResourceType",
    "TagSpecification.1.Tag.1.Key",
    "RoleName",
    "PolicyName",
    "PolicyArn",
    "PolicyDocument",
    "AssumeRolePolicyDocument",
    "Path",
    "MaxSessionDuration",
    "VersionId",
    "Tags.member.1.Key",
    "TagKeys.member.1",
    "RoleArn",
    "RoleSessionName",
    "DurationSeconds",
];

const VALUES: &[&str] = &[
    "",
    "a",
    "true",
    "-1",
    "99999999999999999999",
    "10.0.0.0%2F16",
    "2600%3A1f18%3A%3A%2F56",
    "%3A%3A%2F0",
    "vpc-0123456789abcdef0",
    "tag%3Aa",
    "*%3F*",
    "%7B%22Statement%22%3A%5B%5D%7D",
    "arn%3Aaws%3Aiam%3A%3A123456789012%3Apolicy%2Fa",
    "%ff%",
    "%F0%9F%98%80",
];

/// A service and a form that it may be sent.
fn calls() -> impl Strategy<Value = (&'static str, String)> {
    let action = (0..ACTIONS.len()).prop_flat_map(|at| {
        let (service, actions) = ACTIONS[at];
        (Just(service), prop::sample::select(actions))
    });
    let value = prop_oneof![
        prop::sample::select(VALUES).prop_map(str::to_owned),
        "[^&]{0,8}",
    ];
    let fields = prop::collection::vec((prop::sample::select(NAMES), value), 0..6);
    (action, fields).prop_map(|((service, action), fields)| {
        let fields = fields
            .iter()
            .map(|(name, value)| format!("&{name}={value}"));
        (
            service,
            format!("Action={action}{}", fields.collect::<String>()),
        )
    })
}

proptest! {
    #[test]
    fn any_form_is_answered(forms in prop::collection::vec(calls(), 1..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        let emulator = memory(1);
        for (service, form) in forms {
            let answer = runtime.block_on(ask(&emulator, &query("eu-west-1", service, &form)));
            prop_assert!(answer.status < 500, "{} {}: {}", service, form, answer.text());
        }
    }
}
