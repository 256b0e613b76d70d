//! Checks of a global table's block that need neither state nor AWS.

use std::collections::BTreeSet;

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use super::schema::TIMEOUTS;
use crate::members::{elements, filled, text};
use crate::timeouts::bad_limits;

/// What is wrong with a block. Unknown parts are passed over.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = Problems::new();
    let at = Path::new().attr("name");
    if let Some(name) = text(config, "name") {
        if !(3..=255).contains(&name.len()) {
            found.push(
                Problem::error(
                    format!("name length must be between 3 and 255 characters: {name:?}"),
                    "It is the name that all tables of the global table share.",
                )
                .at(at.clone()),
            );
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if !name.chars().all(allowed) {
            found.push(
                Problem::error(
                    format!("name must only include alphanumeric, underscore, period, or hyphen characters: {name:?}"),
                    "It is the name that all tables of the global table share.",
                )
                .at(at),
            );
        }
    }
    let mut seen = BTreeSet::new();
    for replica in elements(config, "replica") {
        if let Some(region) = filled(replica, "region_name")
            && !seen.insert(region)
        {
            found.push(
                Problem::error(
                    format!("Duplicate replica region {region:?}"),
                    "A global table has one table a region. Remove one of the blocks.",
                )
                .at(Path::new().attr("replica")),
            );
        }
    }
    found.extend(bad_limits(config, TIMEOUTS));
    found
}
