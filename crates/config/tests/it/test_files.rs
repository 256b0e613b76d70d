//! Test files: what is read of them, and what is wrong with them.

use trueup_config::InMemory;
use trueup_config::test_files::{RunCommand, TestFiles, TestProvider, load_tests};
use trueup_diagnostics::{Diagnostics, Sources};

fn read(files: &[(&str, &str)]) -> (TestFiles, Vec<String>) {
    let files = files
        .iter()
        .map(|(name, text)| ((*name).to_owned(), text.as_bytes().into()))
        .collect();
    let mut sources = Sources::new();
    let (tests, diagnostics) = load_tests(&InMemory(files), "tests", &mut sources);
    (tests, told(&diagnostics, &sources))
}

fn told(diagnostics: &Diagnostics, sources: &Sources) -> Vec<String> {
    let tell = |one: &trueup_diagnostics::Diagnostic| {
        let place = one.subject.map(|span| sources.place(span));
        format!("{}: {}", place.unwrap_or_default(), one.summary)
    };
    diagnostics.iter().map(tell).collect()
}

#[test]
fn files_of_both_folders_are_read_with_their_mocks() {
    let (tests, told) = read(&[
        ("main.tf", "output \"o\" { value = 1 }"),
        (
            "a.tftest.hcl",
            "run \"x\" {\n command = plan\n variables { n = 1 }\n expect_failures = [var.n]\n}\nrun \"y\" {}\n",
        ),
        (
            "tests/b.tftest.hcl",
            "mock_provider \"aws\" {\n source = \"./mocks\"\n mock_data \"aws_region\" {}\n}\n",
        ),
        ("tests/c.tofutest.hcl", ""),
        ("tests/c.tftest.hcl", "run \"replaced\" {}"),
        (
            "mocks/a.tfmock.hcl",
            "mock_resource \"aws_dynamodb_table\" {\n defaults = { arn = \"x\" }\n}\n",
        ),
        ("elsewhere/d.tftest.hcl", "run \"z\" {}"),
    ]);
    assert_eq!(told, Vec::<String>::new());
    let names: Vec<&str> = tests.keys().map(|name| &**name).collect();
    let wanted = ["a.tftest.hcl", "tests/b.tftest.hcl", "tests/c.tofutest.hcl"];
    assert_eq!(names, wanted);
    let first = &tests["a.tftest.hcl"];
    assert_eq!(first.runs.len(), 2);
    assert_eq!(first.runs[0].command, RunCommand::Plan);
    assert_eq!(first.runs[1].command, RunCommand::Apply);
    assert_eq!(first.runs[0].expect_failures.len(), 1);
    let provider = tests["tests/b.tftest.hcl"].providers.values().next();
    let Some(TestProvider::Mock(mock)) = provider else {
        panic!("the file mocks a provider");
    };
    assert_eq!(mock.resources.len(), 2);
}

#[test]
fn mistakes_are_told_where_they_stand() {
    let (_, told) = read(&[(
        "a.tftest.hcl",
        "variables {}\nvariables {}\nrun \"x\" {\n command = destroy\n assert {\n  condition = true\n  error_message = \"m\"\n }\n module {}\n}\nrun \"x\" {\n parallel = true\n}\noverride_data {\n target = aws_dynamodb_table.orders\n}\n",
    )]);
    assert_eq!(
        told,
        [
            "a.tftest.hcl:2,1-10: Multiple \"variables\" blocks",
            "a.tftest.hcl:6,15-19: Invalid assert expression",
            "a.tftest.hcl:9,2-8: Missing \"source\" attribute for module block",
            "a.tftest.hcl:4,12-19: Invalid \"command\" keyword",
            "a.tftest.hcl:12,2-10: Unsupported argument",
            "a.tftest.hcl:11,1-8: Duplicate \"run\" block names",
            "a.tftest.hcl:15,2-36: Invalid override target",
        ]
    );
}
