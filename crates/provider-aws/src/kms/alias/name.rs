//! Names of aliases: what they may be, and those that are made up after a prefix.

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use crate::members::{filled, member};

/// The beginning of every alias.
pub(crate) const PREFIX: &str = "alias/";

/// The beginning of the aliases that are AWS's own.
const RESERVED: &str = "alias/aws/";

/// What is wrong with a block. Unknown parts are passed over.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = Problems::new();
    for name in ["name", "name_prefix"] {
        let Some(said) = filled(config, name) else {
            continue;
        };
        let at = || Path::new().attr(name);
        if said.starts_with(RESERVED) {
            found.push(
                Problem::error(
                    format!("{name:?} cannot begin with reserved AWS CMK prefix 'alias/aws/'"),
                    "",
                )
                .at(at()),
            );
        }
        found.extend(bad_form(name, said));
    }
    for (name, other) in [("name", "name_prefix"), ("name_prefix", "name")] {
        // What is not known yet may turn out to be unset.
        let said = |name: &str| member(config, name).is_some_and(Value::is_known);
        if said(name) && said(other) {
            found.push(
                Problem::error(
                    "Conflicting configuration arguments",
                    format!("{name:?}: conflicts with {other}"),
                )
                .at(Path::new().attr(name)),
            );
        }
    }
    found
}

/// The problem of a name that AWS refuses.
pub(crate) fn bad_form(member: &str, name: &str) -> Option<Problem> {
    let fine = name.strip_prefix(PREFIX).is_some_and(|rest| {
        !rest.is_empty()
            && rest
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'/' | b'-'))
    });
    (!fine).then(|| {
        Problem::error(
            format!("{member:?} must begin with 'alias/' and be comprised of only [0-9A-Za-z_/-]"),
            "",
        )
        .at(Path::new().attr(member))
    })
}
