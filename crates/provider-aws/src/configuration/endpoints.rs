//! Endpoints: which names of a block mean one service, and which variables stand in for them.

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use super::Environment;
use crate::members::elements;

/// Names of one service: the package's first, which wins where several are set.
const ALIASES: &[&[&str]] = &[
    &["s3", "s3api"],
    &["appautoscaling", "applicationautoscaling"],
    &["logs", "cloudwatchlog", "cloudwatchlogs"],
    &["events", "eventbridge", "cloudwatchevents"],
    &["sfn", "stepfunctions"],
];

/// Services whose endpoint has variables of the provider's own, older than the SDK's.
const DEPRECATED: &[(&str, &str)] = &[
    ("dynamodb", "DYNAMODB"),
    ("iam", "IAM"),
    ("s3", "S3"),
    ("sts", "STS"),
];

/// The endpoints that a block and the environment name, by package name. What the SDK finds by itself
/// (`AWS_ENDPOINT_URL…`, the profile) is left to it.
pub(super) fn endpoints(config: &Value, environment: &Environment) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for (variable, service) in stand_ins(environment) {
        if let Some(url) = environment.get(&variable) {
            found.push((service.to_owned(), url.to_owned()));
        }
    }
    for block in elements(config, "endpoints") {
        let said = |name: &str| url(block, name);
        // Where a service has several names, the later ones are passed over.
        let passed_over = |name: &str| {
            ALIASES.iter().any(|names| {
                names
                    .iter()
                    .take_while(|other| **other != name)
                    .any(|earlier| names.contains(&name) && said(earlier).is_some())
            })
        };
        for name in block
            .as_members()
            .into_iter()
            .flatten()
            .map(|(name, _)| name)
        {
            if let Some(url) = said(name).filter(|_| !passed_over(name)) {
                let package = ALIASES
                    .iter()
                    .find(|names| names.contains(&&**name))
                    .and_then(|names| names.first())
                    .map_or(&**name, |package| *package);
                found.push((package.to_owned(), url.to_owned()));
            }
        }
    }
    found
}

fn url<'v>(block: &'v Value, name: &str) -> Option<&'v str> {
    block
        .as_members()?
        .get(name)?
        .as_str()
        .filter(|url| !url.is_empty())
}

/// The deprecated variables that count, each with its service.
fn stand_ins(environment: &Environment) -> Vec<(String, &'static str)> {
    if environment.says_yes("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") {
        return Vec::new();
    }
    let of = |(service, name): &(&'static str, &str)| {
        if environment
            .get(&format!("AWS_ENDPOINT_URL_{name}"))
            .is_some()
        {
            return None;
        }
        [
            format!("TF_AWS_{name}_ENDPOINT"),
            format!("AWS_{name}_ENDPOINT"),
        ]
        .into_iter()
        .find(|variable| environment.get(variable).is_some())
        .map(|variable| (variable, *service))
    };
    DEPRECATED.iter().filter_map(of).collect()
}

/// What is wrong with the endpoints, and what will be.
pub(super) fn check(config: &Value, environment: &Environment, found: &mut Problems) {
    let at = Path::new().attr("endpoints");
    let blocks = elements(config, "endpoints");
    if blocks.len() > 1 {
        found.push(
            Problem::warning(
                "Several endpoints blocks",
                "An endpoints block is meant to appear once; all of them are used, later ones first.",
            )
            .at(at.clone()),
        );
    }
    for block in blocks {
        for names in ALIASES {
            let set: Vec<&str> = names
                .iter()
                .copied()
                .filter(|name| url(block, name).is_some())
                .collect();
            if let [used, _, ..] = set.as_slice() {
                found.push(
                    Problem::warning(
                        "Invalid Attribute Combination",
                        format!(
                            "{} name the endpoint of one service; only {used} is used.",
                            set.join(" and ")
                        ),
                    )
                    .at(at.clone()),
                );
            }
        }
        for (name, url) in block
            .as_members()
            .into_iter()
            .flatten()
            .filter_map(|(name, url)| Some((name, url.as_str()?)))
        {
            if !url.is_empty() && !url.starts_with("http://") && !url.starts_with("https://") {
                found.push(
                    Problem::error(
                        "Invalid endpoint",
                        format!("The endpoint of {name}, {url:?}, must be a URL that begins with http:// or https://."),
                    )
                    .at(at.clone()),
                );
            }
        }
    }
    for (variable, service) in stand_ins(environment) {
        let by_block = blocks.iter().any(|block| url(block, service).is_some());
        if !by_block {
            found.push(Problem::warning(
                "Deprecated Environment Variable",
                format!(
                    "The environment variable {variable} is deprecated. Use AWS_ENDPOINT_URL_{} instead.",
                    service.to_uppercase()
                ),
            ));
        }
    }
}
