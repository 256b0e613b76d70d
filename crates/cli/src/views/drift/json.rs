//! The document of `drift -format=json`: everything that was found, and what was looked at.

use std::collections::BTreeMap;

use trueup_addrs::InstanceKey;
use trueup_operations::drift::{Drifted, Ignored, Report, Unmanaged, fingerprint, path_text};
use trueup_plan::json::{Fields, Json, known};
use trueup_value::Value;

use super::findings::{Finding, Location, of_object};
use super::{Checked, unmanaged};
use crate::views::json::diagnostic::{diagnostic, range};

/// The document, indented.
pub fn render(checks: &[Checked]) -> String {
    let reports = || checks.iter().filter_map(|check| check.report.as_ref());
    let sum =
        |count: &dyn Fn(&Report) -> usize| Json::number(reports().map(count).sum::<usize>() as u64);
    let failed = checks.iter().filter(|check| check.failed()).count() as u64;
    let mut text = Fields::new()
        .text("format_version", "1.0")
        .text("trueup_version", env!("CARGO_PKG_VERSION"))
        .with(
            "drifted",
            Json::Bool(reports().any(|report| !report.objects.is_empty())),
        )
        .with(
            "summary",
            Fields::new()
                .with("directories", Json::number(checks.len() as u64))
                .with("failed_directories", Json::number(failed))
                .with("looked_at", sum(&|report| report.looked_at.len()))
                .with("changed", sum(&|report| report.counts().0))
                .with("deleted", sum(&|report| report.counts().1))
                .with("ignored", sum(&|report| report.ignored.len()))
                .json(),
        )
        .with("directories", Json::array(checks.iter().map(directory)))
        .with_some("unmanaged", unmanaged(checks).as_ref().map(strays))
        .json()
        .to_pretty();
    text.push('\n');
    text
}

fn strays(unmanaged: &Unmanaged) -> Json {
    let strays = unmanaged.strays.iter().map(|(provider, stray)| {
        Fields::new()
            .text("type", &stray.kind)
            .text("id", &stray.id)
            .text("place", &stray.place)
            .text("provider", provider.to_string())
            .json()
    });
    Fields::new()
        .with("total", Json::number(unmanaged.total as u64))
        .with(
            "managed",
            Json::number((unmanaged.total - unmanaged.strays.len()) as u64),
        )
        .with(
            "coverage_percent",
            Json::number(unmanaged.coverage() as u64),
        )
        .with("objects", Json::array(strays))
        .json()
}

fn directory(check: &Checked) -> Json {
    let diagnostics = check.diagnostics.iter();
    let diagnostics = diagnostics.map(|(one, sources)| diagnostic(one, sources));
    let fields = Fields::new()
        .text("directory", &check.folder)
        .with("failed", Json::Bool(check.failed()));
    let fields = match &check.report {
        None => fields,
        Some(report) => {
            let objects = report
                .objects
                .iter()
                .map(|object| self::object(object, check));
            fields
                .text("workspace", &report.workspace)
                .text("lineage", &report.lineage)
                .with("serial", Json::number(report.serial))
                .with("looked_at", looked_at(report))
                .text("fingerprint", fingerprint(&report.objects))
                .with("drift", Json::array(objects))
                .with("ignored", Json::array(report.ignored.iter().map(ignored)))
        }
    };
    fields.with("diagnostics", Json::array(diagnostics)).json()
}

fn looked_at(report: &Report) -> Json {
    let mut kinds: BTreeMap<std::sync::Arc<str>, u64> = BTreeMap::new();
    for addr in &report.looked_at {
        *kinds
            .entry(addr.resource.resource.kind.clone())
            .or_default() += 1;
    }
    let kinds = kinds
        .into_iter()
        .map(|(kind, count)| (kind, Json::number(count)));
    Fields::new()
        .with("objects", Json::number(report.looked_at.len() as u64))
        .with("by_type", Json::object(kinds))
        .json()
}

fn object(object: &Drifted, check: &Checked) -> Json {
    let whole = Finding {
        check,
        object,
        attribute: None,
    };
    let own = of_object(check, object);
    let addr = &object.addr;
    let module = &addr.resource.module;
    let index = match &addr.key {
        InstanceKey::None => None,
        InstanceKey::Int(index) => Some(Json::number(*index)),
        InstanceKey::Str(key) => Some(Json::string(key)),
    };
    let attributes = own.iter().filter(|one| one.attribute.is_some());
    Fields::new()
        .text("address", addr.to_string())
        .with_some(
            "module_address",
            (!module.is_root()).then(|| Json::string(module.to_string())),
        )
        .text("type", &addr.resource.resource.kind)
        .text("name", &addr.resource.resource.name)
        .with_some("index", index)
        .text("change", if object.deleted { "delete" } else { "update" })
        .with_some(
            "identity",
            object
                .identity
                .as_ref()
                .map(|identity| Json::object([(identity.key, Json::string(&identity.value))])),
        )
        .text("fingerprint", object.fingerprint())
        .text("id", object.finding_id(None))
        .with_some("location", whole.location().as_ref().map(location))
        .with("attributes", Json::array(attributes.map(attribute)))
        .json()
}

fn attribute(finding: &Finding<'_>) -> Json {
    let Some(attribute) = finding.attribute else {
        return Json::Null;
    };
    let difference = &attribute.difference;
    let shown = |value: &Value| match difference.sensitive {
        true => Json::Null,
        false => known(value).unwrap_or_default(),
    };
    Fields::new()
        .text("path", path_text(&difference.path))
        .with("before", shown(&difference.before))
        .with("after", shown(&difference.after))
        .with("sensitive", Json::Bool(difference.sensitive))
        .text("id", finding.id())
        .with_some("location", finding.location().as_ref().map(location))
        .json()
}

fn location(location: &Location) -> Json {
    range(&location.file, &location.start, &location.end)
}

fn ignored(one: &Ignored) -> Json {
    Fields::new()
        .text("address", one.addr.to_string())
        .with_some(
            "path",
            one.path.as_ref().map(|path| Json::string(path_text(path))),
        )
        .text("reason", &one.reason)
        .with_some("until", one.until.as_ref().map(Json::string))
        .json()
}
