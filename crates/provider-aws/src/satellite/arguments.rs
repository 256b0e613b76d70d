//! Checks of arguments that many types have, and what an ARN among them says.

use trueup_aws::Error;
use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use crate::arn::Arn;
use crate::connection::Connection;

/// What is wrong with an argument of which the words are fixed.
pub(crate) fn check_word(
    config: &Value,
    name: &'static str,
    allowed: &[&str],
    found: &mut Problems,
) {
    if let Some(said) = crate::members::text(config, name)
        && !allowed.contains(&said)
    {
        let listed: Vec<String> = allowed.iter().map(|word| format!("{word:?}")).collect();
        found.push(
            Problem::error(
                format!(
                    "expected {name} to be one of [{}], got {said}",
                    listed.join(" ")
                ),
                "",
            )
            .at(Path::new().attr(name)),
        );
    }
}

/// What is wrong with an argument that has to be an ARN.
pub(crate) fn check_arn(config: &Value, name: &'static str, found: &mut Problems) {
    if let Some(said) = crate::members::text(config, name)
        && let Err(reason) = Arn::parse_whole(said)
    {
        found.push(
            Problem::error(
                format!("\"{name}\" ({said}) is an invalid ARN: {reason}"),
                "Give the whole ARN, such as arn:aws:dynamodb:eu-west-1:123456789012:table/orders.",
            )
            .at(Path::new().attr(name)),
        );
    }
}

/// The connection to the region that an ARN names: elsewhere nobody knows what it stands for.
pub(crate) fn place_of(aws: &Connection, arn: &str) -> Result<Connection, Error> {
    match Arn::parse_whole(arn) {
        Ok(arn) if !arn.region.is_empty() => aws.in_region(arn.region),
        _ => Ok(aws.clone()),
    }
}
