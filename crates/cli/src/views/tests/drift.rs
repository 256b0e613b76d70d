//! Reports of drift as text.

use trueup_operations::drift::{Drifted, Report};
use trueup_value::{Marks, Path, Type, Value};

use super::bodies::{folder, golden};
use crate::views::Style;
use crate::views::human::drift::render;

#[test]
fn drift_as_text() {
    let changed = Drifted {
        address: "aws_dynamodb_table.orders".to_owned(),
        deleted: false,
        attributes: vec![
            (
                Path::new().attr("billing_mode"),
                Value::from("PROVISIONED"),
                Value::from("PAY_PER_REQUEST"),
            ),
            (
                Path::new().attr("tags").key("team \"a\""),
                Value::null(Type::String),
                Value::from("x\ny"),
            ),
            (
                Path::new().attr("token"),
                Value::from("old").with_marks(Marks::SENSITIVE),
                Value::from("new"),
            ),
        ],
    };
    let gone = Drifted {
        address: "aws_dynamodb_table.events".to_owned(),
        deleted: true,
        attributes: Vec::new(),
    };
    let report = |checked, objects| Report {
        serial: 7,
        checked,
        objects,
    };
    let texts = [
        render(&report(12, vec![gone, changed]), Style::PLAIN),
        render(&report(12, Vec::new()), Style::PLAIN),
        render(&report(1, Vec::new()), Style::PLAIN),
        render(&report(0, Vec::new()), Style::PLAIN),
    ];
    assert!(!texts[0].contains("old") && !texts[0].contains("new"));
    let path = folder().with_file_name("drift").join("reports.txt");
    golden(&path, &texts.join("---\n")).expect("reports are as recorded");
}
