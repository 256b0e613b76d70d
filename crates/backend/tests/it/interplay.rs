//! Beside the real terraform, where it is on PATH: one local state file, one lock.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use trueup_backend::{LocalBackend, LocalSettings, Place, Surroundings};

use crate::bed::{open, open_waiting};

const CONFIGURATION: &str = r#"
resource "terraform_data" "orders" {
  input = "a <b> & c"
  provisioner "local-exec" {
    command = "touch started; while [ ! -e go ]; do sleep 0.05; done"
  }
}
"#;

/// The program, unless it is not here; then the test says nothing.
fn terraform() -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join("terraform"))
        .find(|path| path.is_file())
}

fn run(program: &Path, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .env("CHECKPOINT_DISABLE", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[tokio::test]
async fn each_is_held_by_the_others_lock_and_reads_what_it_wrote() {
    let Some(program) = terraform() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    std::fs::write(path.join("main.tf"), CONFIGURATION).expect("written");
    let backend = || {
        let place = Place {
            working_dir: path.to_owned(),
            journal_dir: path.join(".trueup/journal"),
        };
        Arc::new(LocalBackend::new(LocalSettings::of_place(&place)))
    };
    let one = Surroundings::for_tests("one");
    let init = run(&program, path, &["init", "-no-color"])
        .output()
        .expect("terraform");
    assert!(init.status.success());

    let session = open(backend(), &one).await.expect("a session");
    let held = run(&program, path, &["plan", "-no-color"])
        .output()
        .expect("terraform");
    let text = String::from_utf8_lossy(&held.stderr);
    assert!(
        !held.status.success() && text.contains("Error acquiring the state lock"),
        "{text}"
    );
    assert!(text.contains("Who:       one@host"), "{text}");
    session.close().await.expect("released");

    let apply = run(&program, path, &["apply", "-auto-approve", "-no-color"])
        .spawn()
        .expect("terraform");
    for _ in 0..600 {
        if path.join("started").exists() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let Err(error) = open(backend(), &one).await else {
        panic!("locked beside terraform");
    };
    let text = error.to_string();
    assert!(
        text.contains("OperationTypeApply") && text.contains("1.11"),
        "{text}"
    );
    std::fs::write(path.join("go"), "").expect("written");
    let session = open_waiting(backend(), &one, Duration::from_secs(60)).await;
    let output = apply.wait_with_output().expect("terraform");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut session = session.expect("terraform is done");
    let written = std::fs::read(path.join("terraform.tfstate")).expect("a state");
    let mut state = session.state().clone();
    assert_eq!(state.instances().count(), 1);
    assert_eq!(state.write(), written);

    state.outputs.insert(
        "new".into(),
        trueup_state::Output::new(trueup_value::Value::string("<ours>"), false),
    );
    let serial = state.serial;
    assert_eq!(
        session.checkpoint(&state).await.expect("written"),
        serial + 1
    );
    session.close().await.expect("released");
    let shown = run(&program, path, &["output", "-raw", "new"])
        .output()
        .expect("terraform");
    assert_eq!(String::from_utf8_lossy(&shown.stdout), "<ours>");
    let pulled = run(&program, path, &["state", "pull"])
        .output()
        .expect("terraform");
    let ours = std::fs::read_to_string(path.join("terraform.tfstate")).expect("a state");
    assert_eq!(
        String::from_utf8_lossy(&pulled.stdout).trim_end(),
        ours.trim_end()
    );
}
