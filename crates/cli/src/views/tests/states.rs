//! States and outputs as text.

use trueup_plan::State;
use trueup_value::{Type, Value};

use super::bodies::{folder, golden, schemas};
use crate::views::Style;
use crate::views::human;

fn read(name: &str) -> State {
    let path = folder().with_file_name("states").join(name);
    let bytes = std::fs::read(path.join("state.json")).expect("the fixture is there");
    State::read(&bytes).expect("the fixture is a state")
}

#[test]
fn states_read_as_recorded() {
    let schemas = schemas();
    for name in ["modules-and-outputs", "table"] {
        let state = read(name);
        let place = folder().with_file_name("states").join(name);
        let text = human::state(&state, &schemas, Style::PLAIN);
        let text: String = text
            .lines()
            .map(|line| format!("{}\n", line.trim_end()))
            .collect();
        golden(&place.join("show.txt"), &text).expect("the text is as recorded");
        let outputs = human::outputs_block(&state, Style::PLAIN);
        golden(&place.join("outputs.txt"), &outputs).expect("outputs are as recorded");
        let json = trueup_plan::json::state_document(&state, &schemas).to_pretty();
        golden(&place.join("show.json"), &format!("{json}\n"))
            .expect("the document is as recorded");
    }
    let empty = human::state(&State::new(""), &schemas, Style::PLAIN);
    assert_eq!(
        empty,
        "The state file is empty. No resources are represented.\n"
    );
}

#[test]
fn values_as_the_language_writes_them() {
    let list = Value::list(Type::String, vec!["a".into(), "b\nc".into()]);
    let cases = [
        (list, "tolist([\n  \"a\",\n  <<-EOT\n  b\n  c\n  EOT,\n])"),
        (
            Value::set(Type::Number, vec![1_i64.into()]),
            "toset([\n  1,\n])",
        ),
        (
            Value::map_from(Type::Bool, [("k", true.into())]),
            "tomap({\n  \"k\" = true\n})",
        ),
        (Value::empty_object(), "{}"),
        (Value::empty_tuple(), "[]"),
        (
            Value::null(Type::list(Type::String)),
            "tolist(null) /* of string */",
        ),
        (Value::null(Type::String), "tostring(null)"),
        (Value::dynamic_null(), "null"),
        (Value::unknown(Type::Bool), "(known after apply)"),
        ("l1\nEOT\n".into(), "<<EOT_\nl1\nEOT\n\nEOT_"),
    ];
    for (value, want) in cases {
        assert_eq!(human::format_value(&value, 0), want);
    }
}
