//! SARIF 2.1.0: a result for each finding, at the line of the configuration that it is about.

use trueup_plan::json::{Fields, Json};
use trueup_provider::Sighting;

use super::findings::{Finding, Location, findings, joined};
use super::{Checked, unmanaged};

/// What can be found, in the order in which results refer to it.
const RULES: [(&str, &str, &str, &str); 3] = [
    (
        "drift/changed",
        "ChangedOutside",
        "An attribute is not as the last run left it.",
        "warning",
    ),
    (
        "drift/deleted",
        "DeletedOutside",
        "An object that the state has is gone.",
        "error",
    ),
    (
        "drift/unmanaged",
        "InNoState",
        "An object of the world is in no state.",
        "note",
    ),
];

/// The document, indented.
pub fn render(checks: &[Checked]) -> String {
    let rules = RULES.iter().map(|(id, name, text, level)| {
        Fields::new()
            .text("id", id)
            .text("name", name)
            .with("shortDescription", message(text))
            .with(
                "defaultConfiguration",
                Fields::new().text("level", level).json(),
            )
            .json()
    });
    let driver = Fields::new()
        .text("name", "trueup")
        .text("version", env!("CARGO_PKG_VERSION"))
        .with("rules", Json::array(rules));
    let unmanaged = unmanaged(checks);
    let strays = unmanaged.iter().flat_map(|unmanaged| &unmanaged.strays);
    let results = checks
        .iter()
        .flat_map(findings)
        .map(|one| result(&one))
        .chain(strays.map(|(_, one)| stray(one)));
    let notifications = checks.iter().flat_map(|check| {
        check.diagnostics.iter().map(|(one, _)| {
            let text = format!("{}: {}. {}", check.folder, one.summary, one.detail);
            let level = if one.is_error() { "error" } else { "warning" };
            Fields::new()
                .text("level", level)
                .with("message", message(text.trim()))
                .json()
        })
    });
    let invocation = Fields::new()
        .with(
            "executionSuccessful",
            Json::Bool(!checks.iter().any(Checked::failed)),
        )
        .with("toolExecutionNotifications", Json::array(notifications));
    let run = Fields::new()
        .with("tool", Fields::new().with("driver", driver.json()).json())
        .with("invocations", Json::array([invocation.json()]))
        .text("columnKind", "unicodeCodePoints")
        .with("results", Json::array(results))
        .json();
    let mut text = Fields::new()
        .text("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
        .text("version", "2.1.0")
        .with("runs", Json::array([run]))
        .json()
        .to_pretty();
    text.push('\n');
    text
}

fn message(text: &str) -> Json {
    Fields::new().text("text", text).json()
}

fn result(finding: &Finding<'_>) -> Json {
    let rule = usize::from(finding.attribute.is_none());
    let (id, _, _, level) = RULES[rule];
    let logical = Fields::new()
        .text("fullyQualifiedName", finding.subject())
        .text("kind", "resource")
        .json();
    let place = finding.location();
    let location = Fields::new()
        .with_some("physicalLocation", place.as_ref().map(physical))
        .with("logicalLocations", Json::array([logical]))
        .json();
    // Of a folder's own, so that two folders with one address are two findings.
    let folder = match joined(&finding.check.folder, "") {
        folder if folder.is_empty() => ".".to_owned(),
        folder => folder,
    };
    let fingerprint = format!("{folder}:{}", finding.id());
    Fields::new()
        .text("ruleId", id)
        .with("ruleIndex", Json::number(rule as u64))
        .text("level", level)
        .with("message", message(&finding.sentence()))
        .with("locations", Json::array([location]))
        .with(
            "partialFingerprints",
            Json::object([("trueupFinding/v1", Json::string(fingerprint))]),
        )
        .json()
}

fn stray(one: &Sighting) -> Json {
    let text = format!(
        "{} {:?} ({}) is in no state here.",
        one.kind, one.id, one.place
    );
    let logical = Fields::new()
        .text("fullyQualifiedName", &one.name)
        .text("kind", "resource")
        .json();
    let location = Fields::new().with("logicalLocations", Json::array([logical]));
    Fields::new()
        .text("ruleId", RULES[2].0)
        .with("ruleIndex", Json::number(2))
        .text("level", RULES[2].3)
        .with("message", message(&text))
        .with("locations", Json::array([location.json()]))
        .with(
            "partialFingerprints",
            Json::object([("trueupFinding/v1", Json::string(&one.name))]),
        )
        .json()
}

fn physical(place: &Location) -> Json {
    let region = Fields::new()
        .with("startLine", Json::number(place.start.line.into()))
        .with("startColumn", Json::number(place.columns.0.into()))
        .with("endLine", Json::number(place.end.line.into()))
        .with("endColumn", Json::number(place.columns.1.into()));
    let file = match place.file.starts_with('/') {
        true => Fields::new().text("uri", format!("file://{}", encoded(&place.file))),
        false => Fields::new()
            .text("uri", encoded(&place.file))
            .text("uriBaseId", "%SRCROOT%"),
    };
    Fields::new()
        .with("artifactLocation", file.json())
        .with("region", region.json())
        .json()
}

/// A path as a part of a URI.
fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                out.push(byte as char);
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
