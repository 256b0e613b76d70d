//! Files of the formats 1 to 3: read as Terraform 1.11.4 upgrades them (each folder holds a file and Terraform's answer).

use std::path::Path;

use trueup_state::{DEFAULT_TERRAFORM_VERSION, State};
use trueup_testkit::cases;
use trueup_value::{Type, Value};

#[test]
fn older_files_are_upgraded_as_terraform_upgrades_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/older");
    cases(&folder, |case| {
        let read = |name: &str| std::fs::read(case.folder.join(name)).map_err(|e| e.to_string());
        let mut state = State::read(&read("old.tfstate")?).map_err(|e| e.to_string())?;
        // Whoever writes says whose form the text has.
        DEFAULT_TERRAFORM_VERSION.clone_into(&mut state.terraform_version);
        let got = String::from_utf8(state.write()).map_err(|e| e.to_string())?;
        let wanted = String::from_utf8(read("upgraded.tfstate")?).map_err(|e| e.to_string())?;
        if got != wanted {
            return Err(trueup_testkit::difference(&wanted, &got));
        }
        // What was upgraded is read again as it was written.
        let again = State::read(got.as_bytes()).map_err(|e| e.to_string())?;
        (again.write() == got.as_bytes())
            .then_some(())
            .ok_or_else(|| "the upgraded text does not read back".to_owned())
    });
}

#[test]
fn flat_attributes_are_decoded_by_the_type_and_leave_with_the_next_change() {
    let text = r#"{"version":3,"modules":[{"path":["root"],"resources":{"aws_dynamodb_table.orders":{"type":"aws_dynamodb_table","primary":{"id":"orders","attributes":{"name":"orders","read_capacity":"5","attribute.#":"1","attribute.99.name":"pk","tags.%":"1","tags.a":"b"}}}}}]}"#;
    let state = State::read(text.as_bytes()).expect("a state");
    let (_, instance) = state.instances().next().expect("an instance");
    let object = instance.current.as_ref().expect("an object");
    let ty = Type::object([
        ("id", Type::String),
        ("name", Type::String),
        ("read_capacity", Type::Number),
        (
            "attribute",
            Type::set(Type::object([("name", Type::String)])),
        ),
        ("tags", Type::map(Type::String)),
    ]);
    let value = object.decode(&ty).expect("it fits the type");
    let text = trueup_value::json::marshal(&value, &ty).expect("JSON");
    assert_eq!(
        text,
        r#"{"attribute":[{"name":"pk"}],"id":"orders","name":"orders","read_capacity":5,"tags":{"a":"b"}}"#
    );
    let other = Type::object([("id", Type::String)]);
    let changed = object.with_value(
        &Value::object([("id".into(), Value::string("events"))].into()),
        &other,
        1,
    );
    assert!(changed.extra.get("attributes_flat").is_none());
    assert!(changed.attributes.json().is_some());
}

#[test]
fn what_makes_no_sense_in_an_older_file_refuses_it() {
    for (text, wanted) in [
        (r#"{"version":0}"#, "format version 0"),
        (r#"{"version":3,"serial":-1}"#, "less than zero"),
        (
            r#"{"version":3,"modules":[{"path":["x"]}]}"#,
            "does not begin at the root",
        ),
        (
            r#"{"version":3,"modules":[{"path":["root"],"resources":{"a":{}}}]}"#,
            "no address",
        ),
        (
            r#"{"version":3,"modules":[{"path":["root"],"resources":{"a.b.x":{}}}]}"#,
            "no address",
        ),
        (
            r#"{"version":3,"modules":[{"path":["root"],"resources":{"a.b":{"provider":"what ever"}}}]}"#,
            "invalid provider \"what ever\"",
        ),
        (
            r#"{"version":3,"modules":[{"path":["root"],"resources":{"a.b":"x"}}]}"#,
            "damaged at line 1",
        ),
    ] {
        match State::read(text.as_bytes()) {
            Ok(_) => panic!("accepted: {text}"),
            Err(error) => assert!(error.to_string().contains(wanted), "{text}\n{error}"),
        }
    }
}
