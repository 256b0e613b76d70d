//! Commands to GitHub's workflows: each finding is an annotation at its line. GitHub shows ten of a kind a step.

use super::findings::{cut, findings};
use super::{Checked, looked_at, unmanaged};

/// A message may be no longer: GitHub cuts what is.
const LONGEST: usize = 1000;

/// The commands, one a line; without anything found one notice that says so.
pub fn render(checks: &[Checked]) -> String {
    let mut out = String::new();
    for check in checks {
        for finding in findings(check) {
            let (level, title) = match finding.attribute {
                Some(_) => ("warning", "Changed outside"),
                None => ("error", "Deleted outside"),
            };
            let mut properties = String::new();
            if let Some(place) = finding.location() {
                properties.push_str(&format!(
                    "file={},line={},endLine={},",
                    property(&place.file),
                    place.start.line,
                    place.end.line
                ));
                if place.start.line == place.end.line {
                    properties.push_str(&format!(
                        "col={},endColumn={},",
                        place.columns.0, place.columns.1
                    ));
                }
            }
            out.push_str(&format!(
                "::{level} {properties}title={}::{}\n",
                property(title),
                data(&cut(&finding.sentence(), LONGEST))
            ));
        }
        for (error, _) in check.errors() {
            let text = format!("{}: {} {}", check.folder, error.summary, error.detail);
            out.push_str(&format!(
                "::error title={}::{}\n",
                property("Drift check failed"),
                data(&cut(text.trim(), LONGEST))
            ));
        }
    }
    for (_, stray) in unmanaged(checks)
        .iter()
        .flat_map(|unmanaged| &unmanaged.strays)
    {
        out.push_str(&format!(
            "::notice title=In no state::{}\n",
            data(&format!(
                "{} {:?} ({}) is in no state here.",
                stray.kind, stray.id, stray.place
            ))
        ));
    }
    if out.is_empty() {
        let looked = looked_at(checks);
        out = format!("::notice title=No drift::{looked} objects were looked at.\n");
    }
    out
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
