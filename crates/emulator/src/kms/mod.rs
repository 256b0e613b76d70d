//! KMS: keys, their aliases, policies, rotation, tags and deletion; and the default keys of services.

mod aliases;
mod data_keys;
mod defaults;
mod keys;
mod policy;
mod settings;

pub(crate) use defaults::{alias_key_arn, default_key_arn};

use serde_json::Value;

use crate::dynamodb::wire::Failure;
use crate::json_calls::{Call, Pages};

/// How the lists of KMS come in parts.
const PAGES: Pages = Pages {
    limit: "Limit",
    from: "Marker",
    next: "NextMarker",
};

/// `arn:aws:kms:<region>:<account>:`
fn prefix(call: &Call<'_>) -> String {
    call.prefix("kms")
}

/// A part of a list, as KMS tells it.
fn page(call: &Call<'_>, list: &str, all: Vec<Value>, most: usize) -> Value {
    let (mut answer, more) = call.page(&PAGES, list, all, most);
    answer["Truncated"] = more.into();
    answer
}

/// Does what one request asks.
pub(crate) fn dispatch(call: &Call<'_>, operation: &str) -> Result<Value, Failure> {
    match operation {
        "CreateKey" => keys::create(call),
        "DescribeKey" => keys::describe(call),
        "ListKeys" => keys::list(call),
        "EnableKey" => keys::enable(call, true),
        "DisableKey" => keys::enable(call, false),
        "UpdateKeyDescription" => keys::update_description(call),
        "ScheduleKeyDeletion" => keys::schedule_deletion(call),
        "CancelKeyDeletion" => keys::cancel_deletion(call),
        "GetKeyPolicy" => policy::get(call),
        "PutKeyPolicy" => policy::put(call),
        "ListKeyPolicies" => policy::list(call),
        "GetKeyRotationStatus" => settings::rotation(call),
        "EnableKeyRotation" => settings::rotate(call, true),
        "DisableKeyRotation" => settings::rotate(call, false),
        "ListResourceTags" => settings::tags(call),
        "TagResource" => settings::tag(call),
        "UntagResource" => settings::untag(call),
        "ListAliases" => aliases::list(call),
        "GenerateDataKey" => data_keys::generate(call, true),
        "GenerateDataKeyWithoutPlaintext" => data_keys::generate(call, false),
        "Encrypt" => data_keys::encrypt(call),
        "Decrypt" => data_keys::decrypt(call),
        "CreateAlias" => aliases::create(call),
        "UpdateAlias" => aliases::update(call),
        "DeleteAlias" => aliases::delete(call),
        _ => Err(Failure::unknown_operation()),
    }
}
