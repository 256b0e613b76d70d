//! Checks of a table item's block: its JSON, its key, its size.

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use super::json;
use super::said::{bad_item, names, shared_text};
use crate::members::{is_unknown, text};

/// The most that DynamoDB keeps in one item, names included.
const LARGEST: usize = 400 * 1024;

/// What is wrong with a block. Unknown parts are passed over.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = Problems::new();
    for name in ["table_name", "hash_key"] {
        if text(config, name) == Some("") {
            found.push(Problem::error(format!("{name} is empty"), "").at(Path::new().attr(name)));
        }
    }
    let Some(text) = shared_text(config) else {
        return found;
    };
    let item = match json::read(&text) {
        Ok(item) => item,
        Err(reason) => {
            found.push(bad_item(&reason));
            return found;
        }
    };
    let keys_known = !is_unknown(config, "hash_key") && !is_unknown(config, "range_key");
    if let Some(names) = names(config)
        && let Err((argument, bad)) = names.of(&item)
        && (keys_known || argument == "hash_key")
    {
        found.push(
            Problem::error("Invalid key of a table item", bad.words(argument))
                .at(Path::new().attr("item")),
        );
    }
    if names(config).is_some_and(|names| names.range.as_ref() == Some(&names.hash)) {
        found.push(
            Problem::error(
                "hash_key and range_key are the same",
                "Leave out range_key if the table has no range key.",
            )
            .at(Path::new().attr("range_key")),
        );
    }
    // The text is longer than what it says, so only a long one needs a closer look.
    if text.len() > LARGEST {
        let size = super::size::of_item(&item);
        if size > LARGEST {
            found.push(
                Problem::error(
                    "Table item too large",
                    format!(
                        "The item takes {size} bytes; DynamoDB keeps at most {LARGEST} bytes in one item."
                    ),
                )
                .at(Path::new().attr("item")),
            );
        }
    }
    found
}
