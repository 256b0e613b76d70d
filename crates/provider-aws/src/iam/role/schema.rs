//! The attributes of `aws_iam_role`, and checks of its block that need neither state nor AWS.

use std::sync::OnceLock;

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use crate::iam::{alike, apart, bad_json, in_normal_form};
use crate::members::{elements, filled, whole};
use crate::rules::{Body, Holding, Mode, Nested, boolean, number, text, text_map, text_set};

const R: Mode = Mode::Required;
const O: Mode = Mode::Optional;
const C: Mode = Mode::Computed;
const OC: Mode = Mode::OptionalComputed;

/// The name of the type.
pub(crate) const KIND: &str = "aws_iam_role";

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("arn", C),
            text("assume_role_policy", R)
                .suppress(alike)
                .stored_as(in_normal_form),
            text("create_date", C),
            text("description", O),
            boolean("force_detach_policies", O).default(false),
            text("id", OC),
            text_set("managed_policy_arns", OC),
            number("max_session_duration", O).default(3600_i64),
            text("name", OC).replaces(),
            text("name_prefix", OC).replaces(),
            text("path", O).default("/").replaces(),
            text("permissions_boundary", O),
            text_map("tags", O),
            text_map("tags_all", OC),
            text("unique_id", C),
        ])
        .with_blocks(vec![inline_policy()])
    })
}

/// Policies that are part of the role.
pub(super) fn inline_policy() -> Nested {
    Nested::new(
        "inline_policy",
        Holding::Set(None),
        OC,
        Body::new(vec![
            text("name", O),
            text("policy", O).suppress(alike).stored_as(in_normal_form),
        ]),
    )
}

/// What is wrong with a block. Unknown parts are passed over.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = apart(config);
    found.extend(bad_json(config, "assume_role_policy"));
    for policy in elements(config, "inline_policy") {
        found.extend(
            bad_json(policy, "policy").map(|problem| problem.at(Path::new().attr("inline_policy"))),
        );
    }
    if let Some(said) = whole(config, "max_session_duration")
        && !(3600..=43_200).contains(&said)
    {
        found.push(
            Problem::error(
                format!(
                    "expected max_session_duration to be in the range (3600 - 43200), got {said}"
                ),
                "",
            )
            .at(Path::new().attr("max_session_duration")),
        );
    }
    for (name, most) in [("name", 64), ("name_prefix", 38)] {
        found.extend(crate::iam::bad_name(config, name, most));
    }
    if let Some(said) = filled(config, "description")
        && said.chars().count() > 1000
    {
        found.push(
            Problem::error(
                format!("expected length of description to be in the range (0 - 1000), got {said}"),
                "",
            )
            .at(Path::new().attr("description")),
        );
    }
    found
}
