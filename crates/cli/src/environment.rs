//! Variables of the environment that steer the program: each has a name of ours, `TRUEUP_…`, and the one that users of
//! Terraform have set, `TF_…`. Ours comes first.

use std::collections::BTreeMap;
use std::ffi::OsString;

/// The prefixes, the one that wins last.
const PREFIXES: [&str; 2] = ["TF_", "TRUEUP_"];

/// The text of a variable, named without its prefix; `None` where it is not set.
pub fn text(name: &str) -> Option<String> {
    raw(name).map(|value| value.to_string_lossy().into_owned())
}

/// The value of a variable, named without its prefix.
pub fn raw(name: &str) -> Option<OsString> {
    PREFIXES
        .iter()
        .rev()
        .find_map(|prefix| std::env::var_os(format!("{prefix}{name}")))
}

/// Whether a variable is set and not empty.
fn is_set(name: &str) -> bool {
    raw(name).is_some_and(|value| !value.is_empty())
}

/// Whether a program rather than a person drives us: hints at what to type next are left out.
pub fn in_automation() -> bool {
    is_set("IN_AUTOMATION")
}

/// The variables whose names go on after this, by the rest of their names: `VAR_` for values of variables.
pub fn beginning(name: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for prefix in PREFIXES {
        let start = format!("{prefix}{name}");
        // What is no text can't be the value of anything.
        found.extend(std::env::vars_os().filter_map(|(name, value)| {
            let rest = name.to_str()?.strip_prefix(&start)?.to_owned();
            Some((rest, value.into_string().ok()?))
        }));
    }
    found
}
