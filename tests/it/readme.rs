//! The README shows what its first command really prints.

use trueup_testkit::{Project, difference};

use crate::bed::{root, trueup};

#[test]
fn the_first_command_prints_what_the_readme_shows() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the README can be read");
    let command = block(&readme, "```sh\n", "cargo run ").expect("a command that runs the program");
    let shown = block(&readme, "```text\n", "Apply complete!").expect("what it ends with");

    // The same words, in a copy of the project: a test leaves the checkout as it is.
    let words: Vec<&str> = command
        .split_whitespace()
        .skip_while(|word| *word != "--")
        .skip(1)
        .collect();
    let project = Project::new();
    trueup_testkit::copy_tree(
        &root().join("fixtures/tutorial"),
        &project.path().join("fixtures/tutorial"),
        &[".trueup"],
    )
    .expect("the tutorial can be copied");
    let printed = trueup(&project).run(&words).expect_code(0).stdout;
    assert!(
        printed.ends_with(&shown),
        "{}\n{printed}",
        difference(&shown, &printed)
    );
}

/// The text of the first block behind `fence` that begins with `start`.
fn block(text: &str, fence: &str, start: &str) -> Option<String> {
    let blocks = text.split(fence).skip(1);
    blocks
        .filter_map(|rest| rest.split_once("```").map(|(block, _)| block.to_string()))
        .find(|block| block.starts_with(start))
}
