//! Files of variable values, and files that come from memory.

use trueup_config::{InMemory, load, read_variables_file, variables_file_names};
use trueup_diagnostics::Sources;

#[test]
fn values_are_assigned_and_blocks_are_refused() {
    let mut sources = Sources::new();
    let text = b"region = \"eu-west-1\"\nsize = 1 + 2\nvariable \"late\" {}\nother {}\n";
    let (file, diagnostics) = read_variables_file("a.tfvars", text, &mut sources);
    let names: Vec<&str> = file.values.keys().map(|name| &**name).collect();
    assert_eq!(names, ["region", "size"]);
    let said: Vec<_> = diagnostics.iter().map(|one| &*one.summary).collect();
    assert_eq!(
        said,
        [
            "Variable declaration in .tfvars file",
            "Unexpected \"other\" block"
        ]
    );
}

#[test]
fn a_value_given_twice_in_a_file_is_said() {
    let mut sources = Sources::new();
    let (_, diagnostics) = read_variables_file("a.tfvars", b"a = 1\na = 2\n", &mut sources);
    assert!(diagnostics.has_errors());
}

#[test]
fn files_of_values_are_read_in_order() {
    let names = [
        "z.auto.tfvars",
        "main.tf",
        "a.auto.tfvars.json",
        "terraform.tfvars.json",
        "other.tfvars",
        "terraform.tfvars",
    ];
    assert_eq!(
        variables_file_names(&names.map(str::to_owned)),
        [
            "terraform.tfvars",
            "terraform.tfvars.json",
            "a.auto.tfvars.json",
            "z.auto.tfvars"
        ]
    );
}

#[test]
fn files_in_memory_read_as_those_on_disk() {
    let files = [
        ("main.tf", "output \"a\" {\n  value = 1\n}\n"),
        ("m/main.tf", "output \"b\" {\n  value = 1\n}\n"),
        ("notes.txt", "output"),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.as_bytes().into()));
    let mut sources = Sources::new();
    let (config, diagnostics) = load(&InMemory(files.into()), &mut sources);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let outputs: Vec<&str> = config
        .root
        .module
        .outputs
        .keys()
        .map(|name| &**name)
        .collect();
    assert_eq!(outputs, ["a"]);
}
