//! The shape of the provider block.

use std::sync::OnceLock;

use super::services::SERVICES;
use crate::rules::{
    Attribute, Body, Holding, Mode, Nested, boolean, number, text, text_list, text_map, text_set,
};

const O: Mode = Mode::Optional;

/// What the block may say. Nothing is required.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        let mut attributes: Vec<Attribute> = [
            "access_key",
            "custom_ca_bundle",
            "ec2_metadata_service_endpoint",
            "ec2_metadata_service_endpoint_mode",
            "http_proxy",
            "https_proxy",
            "no_proxy",
            "profile",
            "region",
            "retry_mode",
            "s3_us_east_1_regional_endpoint",
            "secret_key",
            // Of tutorials written for releases before 5.0.
            "shared_credentials_file",
            // A text, so that "" can mean unset; true and false convert.
            "skip_metadata_api_check",
            "sts_region",
            "tag_policy_compliance",
            "token",
        ]
        .into_iter()
        .map(|name| text(name, O))
        .collect();
        attributes.extend(
            [
                "insecure",
                "s3_force_path_style",
                "s3_use_path_style",
                "skip_credentials_validation",
                "skip_get_ec2_platforms",
                "skip_region_validation",
                "skip_requesting_account_id",
                "use_dualstack_endpoint",
                "use_fips_endpoint",
            ]
            .into_iter()
            .map(|name| boolean(name, O)),
        );
        attributes.extend(
            ["max_retries", "token_bucket_rate_limiter_capacity"]
                .into_iter()
                .map(|name| number(name, O)),
        );
        attributes.extend([
            text_set("allowed_account_ids", O),
            text_set("forbidden_account_ids", O),
            text_list("shared_config_files", O),
            text_list("shared_credentials_files", O),
            text_list("user_agent", O),
        ]);
        Body::new(attributes).with_blocks(vec![
            // No upper limit: from 6.0 on several are a chain.
            Nested::new("assume_role", Holding::List, O, assume_role()),
            Nested::new(
                "assume_role_with_web_identity",
                Holding::List,
                O,
                Body::new(vec![
                    text("duration", O),
                    text("policy", O),
                    text_set("policy_arns", O),
                    text("role_arn", O),
                    text("session_name", O),
                    text("web_identity_token", O),
                    text("web_identity_token_file", O),
                ]),
            )
            .at_most(1),
            Nested::new(
                "default_tags",
                Holding::List,
                O,
                Body::new(vec![text_map("tags", O)]),
            )
            .at_most(1),
            Nested::new(
                "endpoints",
                Holding::Set(None),
                O,
                Body::new(SERVICES.iter().map(|name| text(name, O)).collect()),
            ),
            Nested::new(
                "ignore_tags",
                Holding::List,
                O,
                Body::new(vec![text_set("key_prefixes", O), text_set("keys", O)]),
            )
            .at_most(1),
        ])
    })
}

fn assume_role() -> Body {
    Body::new(vec![
        text("duration", O),
        text("external_id", O),
        text("policy", O),
        text_set("policy_arns", O),
        text("role_arn", O),
        text("session_name", O),
        text("source_identity", O),
        text_map("tags", O),
        text_set("transitive_tag_keys", O),
    ])
}
