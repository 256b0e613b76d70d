//! Values of variables: which of several wins, and what is said of those that don't suit.

use trueup_operations::Given;
use trueup_operations::inputs::{collect, missing, of_options, typed_in};
use trueup_value::{Value, json};

use crate::bed::{Bed, summaries};

const VARIABLES: &str = r#"
variable "a" {}
variable "n" {
  type    = number
  default = 1
}
variable "l" {
  type    = list(string)
  default = []
}
"#;

fn bed() -> Bed {
    Bed::new(VARIABLES)
}

fn collected(bed: &mut Bed, given: &[Given]) -> (Vec<String>, Vec<String>) {
    let mut project = bed.project();
    bed.world.assignments = given.to_vec();
    let (values, said) = collect(&bed.world, &mut project);
    let values = values
        .iter()
        .map(|(name, value)| format!("{name}={}", json::encode(value).expect("a known value")));
    let said = said.iter().map(|one| one.summary.clone());
    (values.collect(), said.collect())
}

#[test]
fn later_ones_win() {
    let mut bed = bed();
    let a = |bed: &mut Bed, given: &[Given]| collected(bed, given).0.join(" ");
    assert_eq!(a(&mut bed, &[]), "");
    bed.world.variables.insert("a".into(), "environment".into());
    bed.world.variables.insert("nobody".into(), "x".into());
    assert_eq!(a(&mut bed, &[]), "a=\"environment\"");
    bed.folder.write("terraform.tfvars", "a = \"file\"\n");
    assert_eq!(a(&mut bed, &[]), "a=\"file\"");
    bed.folder
        .write("terraform.tfvars.json", "{\"a\": \"json\"}");
    assert_eq!(a(&mut bed, &[]), "a=\"json\"");
    bed.folder.write("b.auto.tfvars", "a = \"auto b\"\n");
    bed.folder.write("a.auto.tfvars", "a = \"auto a\"\n");
    assert_eq!(a(&mut bed, &[]), "a=\"auto b\"");
    bed.folder.write("given.tfvars", "a = \"given\"\n");
    let file = Given::File("given.tfvars".into());
    let option = Given::Assignment("a=option=x".into());
    assert_eq!(a(&mut bed, &[option.clone(), file.clone()]), "a=\"given\"");
    assert_eq!(a(&mut bed, &[file, option.clone()]), "a=\"option=x\"");
    bed.world.assignments = vec![option];
    let (values, _) = of_options(&bed.world, &mut bed.project());
    assert_eq!(values["a"], Value::string("option=x"));
}

#[test]
fn texts_are_expressions_where_the_type_asks_for_it() {
    let given = ["n=5", "l=[\"x\", 1]", "a=[1]"].map(|text| Given::Assignment(text.into()));
    let (values, said) = collected(&mut bed(), &given);
    assert!(said.is_empty(), "{said:?}");
    assert_eq!(values, ["a=\"[1]\"", "l=[\"x\",1]", "n=\"5\""]);
}

#[test]
fn what_does_not_suit_is_said() {
    let mut bed = bed();
    bed.folder.write("bad.tfvars", "n = \"many\"\n");
    bed.folder.write("odd.tfvars", "x = 1\ny = 2\nz = 3\n");
    bed.folder.write("bad.tfvars.json", "[1]");
    for (given, wanted) in [
        (Given::Assignment("a".into()), "Invalid -var option"),
        (Given::Assignment("a =x".into()), "Invalid -var option"),
        (
            Given::Assignment("x=1".into()),
            "Value for undeclared variable",
        ),
        (
            Given::Assignment("n=many".into()),
            "Invalid value for input variable",
        ),
        (Given::Assignment("l=[".into()), ""),
        (
            Given::File("absent.tfvars".into()),
            "Failed to read variables file",
        ),
        (
            Given::File("bad.tfvars".into()),
            "Invalid value for input variable",
        ),
        (
            Given::File("bad.tfvars.json".into()),
            "Incorrect JSON value type",
        ),
        (
            Given::File("odd.tfvars".into()),
            "Value for undeclared variable",
        ),
    ] {
        let (_, said) = collected(&mut bed, std::slice::from_ref(&given));
        let said = said.first().expect("something is said");
        assert!(said.starts_with(wanted), "{given:?}: {said}");
    }
}

#[test]
fn what_is_missing_is_asked_for_and_what_is_typed_is_checked() {
    let bed = bed();
    let mut project = bed.project();
    let (mut values, _) = collect(&bed.world, &mut project);
    assert_eq!(missing(&project.config, &values), ["a".into()]);
    let (value, said) = typed_in(&mut project, "a", "x");
    assert!(said.is_empty(), "{said:?}");
    values.insert("a".into(), value);
    assert!(missing(&project.config, &values).is_empty());
    let (_, said) = typed_in(&mut project, "n", "many");
    assert_eq!(summaries(&said), ["Invalid value for input variable"]);
}
