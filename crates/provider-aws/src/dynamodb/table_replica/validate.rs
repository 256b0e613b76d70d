//! Checks of a replica's block that need neither state nor AWS.

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use super::schema::TIMEOUTS;
use crate::arn::Arn;
use crate::members::filled;
use crate::timeouts::bad_limits;

const CLASSES: &[&str] = &["STANDARD", "STANDARD_INFREQUENT_ACCESS"];

/// What is wrong with a block. Unknown parts are passed over.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = Problems::new();
    let root = Path::new();
    for name in ["global_table_arn", "kms_key_arn"] {
        let Some(text) = filled(config, name) else {
            continue;
        };
        match Arn::parse(text) {
            Err(reason) => found.push(
                Problem::error(
                    format!("\"{name}\" ({text}) is an invalid ARN: {reason}"),
                    "Give the whole ARN, as AWS shows it.",
                )
                .at(root.attr(name)),
            ),
            Ok(arn) if name == "global_table_arn" && arn.table().is_none() => found.push(
                Problem::error(
                    format!("\"{name}\" ({text}) is not the ARN of a DynamoDB table"),
                    "Give the ARN of the table that is to be copied, such as aws_dynamodb_table.orders.arn.",
                )
                .at(root.attr(name)),
            ),
            Ok(_) => {}
        }
    }
    if let Some(class) = filled(config, "table_class_override")
        && !CLASSES.contains(&class)
    {
        found.push(
            Problem::error(
                format!(
                    "expected table_class_override to be one of [\"STANDARD\" \"STANDARD_INFREQUENT_ACCESS\"], got {class}"
                ),
                "",
            )
            .at(root.attr("table_class_override")),
        );
    }
    found.extend(bad_limits(config, TIMEOUTS));
    found
}
