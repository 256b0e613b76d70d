//! `fmt` as its users run it: which files, what is printed, which exit code.

use trueup_testkit::Project;

use crate::bed::trueup;

fn messy() -> Project {
    let project = Project::with("a=1\n");
    project
        .write("x.tfvars", "b  = 2\n")
        .write("t.tftest.hcl", "c=3\n")
        .write("o.tofu", "d=4\n")
        .write("kept.tf", "e = 5\n")
        .write("j.tf.json", "{ }")
        .write(".hidden.tf", "f=6\n")
        .write("below/m.tf", "g=7\n");
    project
}

#[test]
fn names_of_changed_files_are_printed_and_the_files_written() {
    let project = messy();
    let done = trueup(&project).run(&["fmt"]).expect_code(0);
    assert_eq!(done.stdout, "main.tf\no.tofu\nt.tftest.hcl\nx.tfvars\n");
    assert_eq!(project.read("x.tfvars").as_deref(), Some("b = 2\n"));
    assert_eq!(project.read(".hidden.tf").as_deref(), Some("f=6\n"));
    assert_eq!(project.read("below/m.tf").as_deref(), Some("g=7\n"));
    let again = trueup(&project).run(&["fmt"]).expect_code(0);
    assert_eq!(again.stdout, "");
    let deep = trueup(&project).run(&["fmt", "-recursive"]).expect_code(0);
    assert_eq!(deep.stdout, "below/m.tf\n");
}

#[test]
fn check_and_diff_write_nothing() {
    let project = messy();
    let check = trueup(&project).run(&["fmt", "-check", "./main.tf", "kept.tf"]);
    assert_eq!(check.expect_code(3).stdout, "main.tf\n");
    let fine = trueup(&project).run(&["fmt", "-check", "kept.tf"]);
    assert_eq!(fine.expect_code(0).stdout, "");
    let diff = trueup(&project).run(&["fmt", "-diff", "-write=false", "-list=false", "main.tf"]);
    assert_eq!(
        diff.expect_code(0).stdout,
        "--- old/main.tf\n+++ new/main.tf\n@@ -1 +1 @@\n-a=1\n+a = 1\n"
    );
    assert_eq!(project.read("main.tf").as_deref(), Some("a=1\n"));
}

#[test]
fn standard_input_goes_to_standard_output() {
    let project = messy();
    let done = trueup(&project).run_with_input(&["fmt", "-"], "b{\nc=1}");
    assert_eq!(done.expect_code(2).stdout, "");
    let done = trueup(&project).run_with_input(&["fmt", "-"], "b{\nc=1\n}");
    assert_eq!(done.expect_code(0).stdout, "b {\n  c = 1\n}\n");
}

#[test]
fn what_cannot_be_read_is_an_error_and_stays_as_it_is() {
    let project = messy();
    project.write("broken.tf", "a =\n");
    let done = trueup(&project).run(&["fmt"]).expect_code(2);
    assert!(done.stderr.contains("broken.tf line 1"), "{}", done.stderr);
    assert_eq!(project.read("broken.tf").as_deref(), Some("a =\n"));
    assert_eq!(project.read("main.tf").as_deref(), Some("a = 1\n"));
    let missing = trueup(&project).run(&["fmt", "nope"]).expect_code(2);
    assert!(missing.stderr.contains("No file or directory at nope"));
    let other = trueup(&project).run(&["fmt", "j.tf.json"]).expect_code(2);
    assert!(other.stderr.contains("can be processed with trueup fmt"));
}
