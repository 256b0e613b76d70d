//! Reports of drift in every form: one report with all that can stand in one, and one of nothing.

use std::sync::Arc;

use trueup_addrs::parse::abs_instance;
use trueup_diagnostics::{Diagnostic, Sources, Span};
use trueup_operations::drift::{Attribute, Difference, Drifted, Ignored, Report};
use trueup_plan::Identity;
use trueup_value::{Path, Type, Value};

use super::bodies::{folder, golden};
use crate::views::Style;
use crate::views::drift::{Checked, Format, Look, render};

const MAIN: &str = "resource \"aws_dynamodb_table\" \"orders\" {\n  name         = \"orders\"\n  billing_mode = \"PROVISIONED\"\n}\n";

fn attribute(
    path: Path,
    before: Value,
    after: Value,
    sensitive: bool,
    at: Option<Span>,
) -> Attribute {
    Attribute {
        difference: Difference {
            path,
            before,
            after,
            sensitive,
        },
        place: at,
    }
}

fn drifted(address: &str, place: Option<Span>, attributes: Vec<Attribute>) -> Drifted {
    Drifted {
        addr: abs_instance(address).expect("an address"),
        deleted: attributes.is_empty(),
        identity: Some(Identity {
            key: "id",
            value: "orders".to_owned(),
        }),
        after: Value::dynamic_null(),
        attributes,
        place,
    }
}

/// A folder with everything: places that hurt every form's quoting, a secret, an object that is gone.
fn everything(name: &str) -> Checked {
    let mut sources = Sources::new();
    let source = sources.add("main.tf", MAIN);
    let header = Some(Span::new(source, 0, 37));
    let at = MAIN
        .find("\"PROVISIONED\"")
        .map(|at| Span::new(source, at as u32, at as u32 + 13));
    let tags = Path::new().attr("tags");
    let changed = drifted(
        "module.m[\"a|b\"].aws_dynamodb_table.orders",
        header,
        vec![
            attribute(
                Path::new().attr("billing_mode"),
                Value::from("PROVISIONED"),
                Value::from("PAY_PER_REQUEST"),
                false,
                at,
            ),
            attribute(
                tags.key("team \"a\""),
                Value::null(Type::String),
                Value::from("x\ny % <b> | ]]> `c` :, \u{1}"),
                false,
                header,
            ),
            attribute(
                Path::new().attr("token"),
                Value::from("SECRET-old"),
                Value::from("SECRET-new"),
                true,
                None,
            ),
        ],
    );
    let gone = drifted("aws_dynamodb_table.events[0]", None, Vec::new());
    let addr = |text: &str| abs_instance(text).expect("an address");
    Checked {
        folder: name.to_owned(),
        report: Some(Report {
            workspace: "default".to_owned(),
            lineage: "lineage".to_owned(),
            serial: 7,
            looked_at: vec![
                addr("aws_dynamodb_table.events[0]"),
                addr("aws_dynamodb_table.events[1]"),
                addr("module.m[\"a|b\"].aws_dynamodb_table.orders"),
            ],
            objects: vec![gone, changed],
            ignored: vec![Ignored {
                addr: addr("aws_dynamodb_table.events[1]"),
                path: Some(tags.key("Owner")),
                reason: "by hand".to_owned(),
                until: Some("2026-12-31".to_owned()),
            }],
        }),
        diagnostics: Vec::new(),
        sources: Arc::new(sources),
        survey: None,
    }
}

fn nothing(name: &str) -> Checked {
    let mut check = everything(name);
    if let Some(report) = &mut check.report {
        report.objects.clear();
        report.ignored.clear();
    }
    check
}

fn broken(name: &str) -> Checked {
    let error = Diagnostic::error("Error acquiring the state", "Access to <b> was denied.");
    Checked {
        folder: name.to_owned(),
        report: None,
        diagnostics: vec![(error, Arc::default())],
        sources: Arc::default(),
        survey: None,
    }
}

#[test]
fn every_form_of_every_outcome() {
    let look = Look {
        style: Style::PLAIN,
        max_bytes: 60_000,
        at: "2026-01-02T03:04:05.678901Z".to_owned(),
    };
    let cases = [
        ("one", vec![everything(".")]),
        ("none", vec![nothing(".")]),
        (
            "several",
            vec![everything("a b/ü"), broken("c"), nothing("d")],
        ),
    ];
    let mut wrong = Vec::new();
    for (name, checks) in cases {
        for format in Format::NAMES {
            let chosen = Format::named(format).expect("a name");
            let text = render(chosen, &checks, &look);
            assert!(!text.contains("SECRET"), "{format}: a secret is shown");
            let extension = match format {
                "json" | "sarif" => "json",
                "junit" => "xml",
                "markdown" => "md",
                _ => "txt",
            };
            let path = folder()
                .with_file_name("drift")
                .join(format!("{name}.{format}.{extension}"));
            wrong.extend(golden(&path, &text).err());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn markdown_keeps_within_its_bytes_and_counts_the_rest() {
    let mut check = everything(".");
    let report = check.report.as_mut().expect("a report");
    let many = report.objects.last().cloned().expect("an object");
    report.objects.extend((0..500).map(|_| many.clone()));
    for max_bytes in [300, 1000, 5000, 60_000] {
        let look = Look {
            style: Style::PLAIN,
            max_bytes,
            at: String::new(),
        };
        let text = render(Format::Markdown, &[check.clone()], &look);
        assert!(text.len() <= max_bytes, "{} of {max_bytes}", text.len());
        assert!(
            text.contains("more are left out here"),
            "{max_bytes}: {text}"
        );
    }
}
