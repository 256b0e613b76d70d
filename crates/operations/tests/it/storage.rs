//! Which backend a run uses: the block, what `init` was given, what the folder was used with, the workspace.

use std::path::PathBuf;
use std::sync::Arc;

use trueup_diagnostics::Diagnostics;
use trueup_operations::storage::{
    Files, Storage, Wanted, open, selected_workspace, wanted, with_files,
};

use crate::bed::{Bed, block_on, summaries};

fn block(body: &str) -> Bed {
    Bed::new(&format!("terraform {{\n  {body}\n}}\n"))
}

/// What the block asks for, with settings from the command line.
fn asked(bed: &Bed, more: &[&str]) -> (Wanted, Diagnostics) {
    let project = bed.project();
    let more: Vec<String> = more.iter().map(|one| (*one).to_owned()).collect();
    wanted(&bed.world, &project.config, &mut Arc::default(), &more)
}

#[test]
fn without_a_block_the_state_lies_in_the_folder() {
    let bed = Bed::new("");
    let storage = block_on(open(&bed.world, &bed.project().config)).ok();
    let storage = storage.expect("the local backend");
    assert_eq!((&*storage.kind, &*storage.workspace), ("local", "default"));
    assert!(storage.config.is_null());
}

#[test]
fn a_block_is_read_by_its_schema() {
    for (body, said_wanted) in [
        ("backend \"local\" {}", vec![]),
        ("backend \"local\" {\n path = \"x.tfstate\"\n }", vec![]),
        (
            "backend \"local\" {\n paht = \"x\"\n }",
            vec!["Unsupported argument"],
        ),
        (
            "backend \"local\" {\n path = [1]\n }",
            vec!["Incorrect attribute value type"],
        ),
        ("backend \"etcd\" {}", vec!["Unsupported backend type"]),
        ("backend \"s4\" {}", vec!["Unsupported backend type"]),
        ("backend \"s3\" {}", vec![]),
    ] {
        let bed = block(body);
        let (found, said) = asked(&bed, &[]);
        assert_eq!(summaries(&said), said_wanted, "{body}");
        assert!(found.kind.is_some());
    }
}

#[test]
fn settings_of_the_command_line_go_over_the_block() {
    let bed = block("backend \"local\" {\n path = \"x.tfstate\"\n }");
    let (plain, _) = asked(&bed, &[]);
    let (found, said) = asked(&bed, &["path=y.tfstate"]);
    assert!(said.is_empty(), "{said:?}");
    let path = found.config.member("path").and_then(|path| path.as_str());
    assert_eq!(path, Some("y.tfstate"));
    assert_eq!(found.hash, plain.hash, "the hash is that of the block");
    let (_, said) = asked(&bed, &["paht=y"]);
    assert_eq!(summaries(&said), ["Invalid backend configuration argument"]);
}

#[test]
fn another_backend_than_the_folder_was_used_with_needs_init() {
    let bed =
        block("backend \"s3\" {\n bucket = \"states\"\n key = \"k\"\n region = \"us-east-1\"\n }");
    let refused = block_on(open(&bed.world, &bed.project().config)).err();
    let said = refused.expect("init comes first");
    assert_eq!(
        summaries(&said),
        ["Backend initialization required, please run \"trueup init\""]
    );
}

#[test]
fn the_environment_selects_a_workspace_before_the_record_does() {
    let mut bed = Bed::new("");
    assert_eq!(selected_workspace(&bed.world), "default");
    bed.folder.write(".terraform/environment", "staging");
    assert_eq!(selected_workspace(&bed.world), "staging");
    bed.world.workspace = Some("live".into());
    assert_eq!(selected_workspace(&bed.world), "live");
}

#[test]
fn with_local_no_path_of_a_block_leads_out() {
    for path in ["../x.tfstate", "/x.tfstate", "a/../../x.tfstate"] {
        let mut bed = block(&format!("backend \"local\" {{\n path = \"{path}\"\n }}"));
        let apart = bed.folder.path().join(".trueup/local");
        bed.world.local = Some(apart.clone());
        let storage = block_on(open(&bed.world, &bed.project().config)).ok();
        let storage = storage.expect("the local backend");
        let files = Files {
            backup: Some(PathBuf::from("-")),
            ..Files::default()
        };
        let inside = |storage: &Storage| {
            let file = storage.backend.location(&storage.workspace);
            assert_eq!(apart.join(file), apart.join("terraform.tfstate"), "{path}");
        };
        inside(&storage);
        // Nor where flags choose other files beside it.
        let storage = with_files(&bed.world, storage, &files).ok();
        inside(&storage.expect("the local backend"));
    }
}
