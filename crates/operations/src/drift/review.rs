//! Drift that a person has looked at: known again by a fingerprint, so that nothing else is ever acted upon.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use trueup_diagnostics::Diagnostics;
use trueup_value::{Value, json};

use super::{Drifted, Report, path_text, refused};

/// The fingerprint of some drifted objects, 64 hexadecimal digits: the same while each differs in the same places
/// from the same value to the same value. Of a sensitive value only the place counts, so that the fingerprint
/// gives nobody a means to try values out.
pub fn fingerprint<'a>(objects: impl IntoIterator<Item = &'a Drifted>) -> String {
    let mut each: Vec<String> = objects.into_iter().map(Drifted::fingerprint).collect();
    each.sort();
    digest(each.iter().map(String::as_str))
}

fn digest<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // Lengths keep neighbouring parts apart.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

impl Drifted {
    /// The fingerprint of this object's drift alone.
    pub fn fingerprint(&self) -> String {
        let text = |value: &Value| json::encode(value).unwrap_or_default();
        let mut parts = vec![self.addr.to_string(), self.deleted.to_string()];
        for attribute in &self.attributes {
            let one = &attribute.difference;
            parts.push(path_text(&one.path));
            match one.sensitive {
                true => parts.push("sensitive".to_owned()),
                false => parts.extend([text(&one.before), text(&one.after)]),
            }
        }
        digest(parts.iter().map(String::as_str))
    }

    /// What names a finding from one check to the next, whatever its values are: of one attribute, or of the whole
    /// object.
    pub fn finding_id(&self, attribute: Option<&super::Attribute>) -> String {
        let place = attribute.map_or_else(String::new, |one| path_text(&one.difference.path));
        let mut id = digest([self.addr.to_string().as_str(), &place].into_iter());
        id.truncate(16);
        id
    }
}

/// What a review has let through: objects by address with the fingerprint of their drift, or all by one.
#[derive(Clone, Debug)]
pub enum Reviewed {
    /// The fingerprint of everything that was found in one folder.
    All(String),
    /// Address and fingerprint of each object.
    Each(Vec<(String, String)>),
}

impl Reviewed {
    /// Reads the document that `drift -format=json` writes. `folder` says which of several folders is meant.
    ///
    /// # Errors
    /// It is no such document, or has nothing on that folder.
    pub fn read(text: &str, folder: &str) -> Result<Self, Diagnostics> {
        let unreadable = |why: String| refused("Reviewed drift can't be read", why);
        let document: serde_json::Value = serde_json::from_str(text).map_err(|error| {
            unreadable(format!(
                "This is not a report of `trueup drift -format=json`: {error}."
            ))
        })?;
        let folders = document.get("directories").and_then(|all| all.as_array());
        let Some(folders) = folders else {
            return Err(unreadable(
                "This is not a report of `trueup drift -format=json`: it has no \"directories\"."
                    .to_owned(),
            ));
        };
        let named = |one: &&serde_json::Value| one["directory"].as_str() == Some(folder);
        let found = match folders.as_slice() {
            [only] => Some(only),
            all => all.iter().find(named),
        };
        let Some(found) = found else {
            return Err(unreadable(format!(
                "The report is of {} folders, and none of them is {folder:?}.",
                folders.len()
            )));
        };
        let drift = found["drift"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let each = drift.iter().filter_map(|one| {
            let address = one["address"].as_str()?.to_owned();
            Some((address, one["fingerprint"].as_str()?.to_owned()))
        });
        Ok(Self::Each(each.collect()))
    }

    /// Holds the drift of now against what was reviewed. Answers the objects that were.
    ///
    /// # Errors
    /// It is not the same any more: what changed is said, object by object.
    pub fn still<'r>(&self, report: &'r Report) -> Result<Vec<&'r Drifted>, Diagnostics> {
        let summary = "Drift changed since it was reviewed";
        match self {
            Self::All(wanted) => {
                let now = fingerprint(&report.objects);
                match now == *wanted {
                    true => Ok(report.objects.iter().collect()),
                    false => Err(refused(
                        summary,
                        format!(
                            "The fingerprint of the drift is now {now}, and {wanted} was reviewed. Nothing was done: run `trueup drift` and review what it says."
                        ),
                    )),
                }
            }
            Self::Each(wanted) => {
                let mut same = Vec::new();
                let mut other = Vec::new();
                let drifted: BTreeMap<String, &Drifted> = report
                    .objects
                    .iter()
                    .map(|one| (one.addr.to_string(), one))
                    .collect();
                for (address, then) in wanted {
                    match drifted.get(address).copied() {
                        None => other.push(format!("{address} has no drift any more")),
                        Some(now) if now.fingerprint() == *then => same.push(now),
                        Some(_) => other.push(format!("{address} differs otherwise now")),
                    }
                }
                match other.is_empty() {
                    true => Ok(same),
                    false => Err(refused(
                        summary,
                        format!(
                            "{}. Nothing was done: run `trueup drift` and review what it says.",
                            other.join("; ")
                        ),
                    )),
                }
            }
        }
    }
}
