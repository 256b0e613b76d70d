//! Checks of a key's block that need neither state nor AWS.

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use crate::configuration::duration;
use crate::members::{filled, member, text, whole};

/// The uses that are said in an error; one more is accepted, which came later.
const USAGES: &[&str] = &["SIGN_VERIFY", "ENCRYPT_DECRYPT", "GENERATE_VERIFY_MAC"];

const SPECS: &[&str] = &[
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "SYMMETRIC_DEFAULT",
    "HMAC_224",
    "HMAC_256",
    "HMAC_384",
    "HMAC_512",
    "SM2",
];

/// What is wrong with a block. Unknown parts are passed over.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = Problems::new();
    let mut wrong = |name: &str, summary: String, detail: &str| {
        found.push(Problem::error(summary, detail).at(Path::new().attr(name)));
    };
    for (name, allowed, later) in [
        ("customer_master_key_spec", SPECS, ""),
        ("key_usage", USAGES, "KEY_AGREEMENT"),
    ] {
        if let Some(said) = text(config, name)
            && !allowed.contains(&said)
            && (later.is_empty() || said != later)
        {
            let listed: Vec<String> = allowed.iter().map(|word| format!("{word:?}")).collect();
            let listed = listed.join(" ");
            wrong(
                name,
                format!("expected {name} to be one of [{listed}], got {said}"),
                "",
            );
        }
    }
    for (name, least, most) in [
        ("deletion_window_in_days", 7, 30),
        ("rotation_period_in_days", 90, 2560),
    ] {
        if let Some(days) = whole(config, name)
            && !(least..=most).contains(&days)
        {
            wrong(
                name,
                format!("expected {name} to be in the range ({least} - {most}), got {days}"),
                "",
            );
        }
    }
    for (name, least, most) in [
        ("custom_key_store_id", 1, 64),
        ("description", 0, 8192),
        ("xks_key_id", 1, 64),
    ] {
        if let Some(said) = text(config, name)
            && !(least..=most).contains(&said.len())
        {
            wrong(
                name,
                format!(
                    "expected length of {name} to be in the range ({least} - {most}), got {said}"
                ),
                "",
            );
        }
    }
    if let Some(policy) = filled(config, "policy")
        && let Err(error) = serde_json::from_str::<serde_json::Value>(policy)
    {
        wrong(
            "policy",
            format!("\"policy\" contains an invalid JSON: {error}"),
            "A policy is a JSON object; jsonencode writes one.",
        );
    }
    if member(config, "rotation_period_in_days").is_some_and(Value::is_known)
        && member(config, "enable_key_rotation").is_none()
    {
        wrong(
            "rotation_period_in_days",
            "Missing required argument".to_owned(),
            "\"rotation_period_in_days\": all of `enable_key_rotation,rotation_period_in_days` must be specified",
        );
    }
    if let Some(said) = member(config, "timeouts").and_then(|timeouts| filled(timeouts, "create"))
        && duration(said).is_none()
    {
        found.push(
            Problem::error(
                format!("timeouts.create: time: invalid duration {said:?}"),
                "Write it with units, such as 30m or 1h30m.",
            )
            .at(Path::new().attr("timeouts").attr("create")),
        );
    }
    found
}
