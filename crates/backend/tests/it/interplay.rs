//! Beside the real terraform and the real tofu, where they are on PATH: one state, one lock, in a file and in S3.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use trueup_backend::{Backend, LocalBackend, LocalSettings, LockInfo, Place, Surroundings};
use trueup_emulator::serve::serve;
use trueup_state::{Output, State};

use crate::bed::{BUCKET, Bed, KEY, LOCK_ID, TABLE, on_one_line, open, open_waiting, state_with};

const CONFIGURATION: &str = r#"
resource "terraform_data" "orders" {
  input = "a <b> & c"
  provisioner "local-exec" {
    command = "touch started; while [ ! -e go ]; do sleep 0.05; done"
  }
}
"#;

/// The program, where it is on PATH; says so, or that the test is skipped.
fn peer(program: &str, name: &str) -> Option<PathBuf> {
    let mut found = None;
    trueup_testkit::beside(program, &format!("{name}, with {program}"), |path| {
        found = Some(path);
    });
    found
}

fn run(program: &Path, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .env("CHECKPOINT_DISABLE", "1")
        .env_remove("TF_CLI_CONFIG_FILE")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn s3_configuration(port: u16) -> String {
    let endpoint = format!("http://127.0.0.1:{port}");
    format!(
        r#"
terraform {{
  backend "s3" {{
    bucket                      = "{BUCKET}"
    key                         = "{KEY}"
    region                      = "us-east-1"
    dynamodb_table              = "{TABLE}"
    access_key                  = "test"
    secret_key                  = "test"
    use_path_style              = true
    skip_credentials_validation = true
    skip_requesting_account_id  = true
    skip_metadata_api_check     = true
    endpoints = {{
      s3       = "{endpoint}"
      dynamodb = "{endpoint}"
    }}
  }}
}}
resource "terraform_data" "orders" {{
  input = "a <b> & c"
}}
output "text" {{
  value = "theirs"
}}
"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_in_s3_is_shared_with_terraform() {
    a_state_in_s3_is_shared_with_its_lock_and_digest("terraform").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_in_s3_is_shared_with_tofu() {
    a_state_in_s3_is_shared_with_its_lock_and_digest("tofu").await;
}

async fn a_state_in_s3_is_shared_with_its_lock_and_digest(name: &str) {
    let Some(program) = peer(name, "a backend's state in S3") else {
        return;
    };
    let bed = Bed::new().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let stop = tokio_util::sync::CancellationToken::new();
    let server = tokio::spawn(serve(bed.emulator.clone(), listener, stop.clone()));
    let path = bed.folder.path();
    std::fs::write(path.join("main.tf"), s3_configuration(port)).expect("written");
    let terraform = |arguments: &'static [&'static str]| {
        let mut command = run(&program, path, arguments);
        async move {
            tokio::task::spawn_blocking(move || command.output().expect("terraform"))
                .await
                .expect("no panic")
        }
    };
    let one = Surroundings::for_tests("one");
    let init = terraform(&["init", "-no-color"]).await;
    assert!(
        init.status.success(),
        "{}",
        String::from_utf8_lossy(&init.stderr)
    );

    // Ours first: terraform reads what we wrote, and is held while we hold.
    let mut session = open(Arc::new(bed.backend(&[])), &one)
        .await
        .expect("a session");
    session
        .checkpoint(&state_with("ours"))
        .await
        .expect("written");
    let held = terraform(&["plan", "-no-color"]).await;
    let text = String::from_utf8_lossy(&held.stderr).into_owned();
    assert!(
        !held.status.success() && text.contains("Who:       one@host"),
        "{text}"
    );
    session.close().await.expect("released");
    let shown = terraform(&["output", "-raw", "text"]).await;
    assert_eq!(String::from_utf8_lossy(&shown.stdout), "ours");

    // Theirs next: object and digest fit together for us.
    let apply = terraform(&["apply", "-auto-approve", "-no-color"]).await;
    assert!(
        apply.status.success(),
        "{}",
        String::from_utf8_lossy(&apply.stderr)
    );
    let mut session = open(Arc::new(bed.backend(&[])), &one)
        .await
        .expect("a session");
    let mut state = session.state().clone();
    assert_eq!((state.serial, state.instances().count()), (2, 1));
    assert_eq!(
        on_one_line(&bed.object(KEY).await.expect("a state")),
        on_one_line(&state.write())
    );
    state.outputs.clear();
    session.checkpoint(&state).await.expect("written");
    // Terraform can remove our lock, lease and all.
    drop(session);
    let id = LockInfo::parse(&bed.text_of(LOCK_ID, "Info").await.expect("a lock"))
        .expect("an info")
        .id;
    let mut unlock = run(&program, path, &["force-unlock", "-force", &id]);
    let unlock = tokio::task::spawn_blocking(move || unlock.output().expect("terraform"))
        .await
        .expect("no panic");
    assert!(
        unlock.status.success(),
        "{}",
        String::from_utf8_lossy(&unlock.stderr)
    );
    assert!(bed.item(LOCK_ID).await.is_none());
    let apply = terraform(&["apply", "-auto-approve", "-no-color"]).await;
    assert!(
        apply.status.success(),
        "{}",
        String::from_utf8_lossy(&apply.stderr)
    );
    let last = bed
        .backend(&[])
        .read("default")
        .await
        .expect("readable")
        .state
        .expect("a state");
    assert_eq!((last.serial, last.lineage), (4, state.lineage));
    stop.cancel();
    let _ = server.await;
}

#[tokio::test]
async fn terraform_and_we_are_held_by_each_others_locks() {
    each_is_held_by_the_others_lock_and_reads_what_it_wrote("terraform").await;
}

#[tokio::test]
async fn tofu_and_we_are_held_by_each_others_locks() {
    each_is_held_by_the_others_lock_and_reads_what_it_wrote("tofu").await;
}

async fn each_is_held_by_the_others_lock_and_reads_what_it_wrote(name: &str) {
    let Some(program) = peer(name, "a backend's state file and locks") else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    std::fs::write(path.join("main.tf"), CONFIGURATION).expect("written");
    let backend = || {
        let place = Place {
            working_dir: path.to_owned(),
            journal_dir: path.join(".trueup/journal"),
            ..Place::default()
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
        text.contains("OperationTypeApply") && text.contains("Version:   1.1"),
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
    assert_eq!(on_one_line(&state.write()), on_one_line(&written));

    state.outputs.insert(
        "new".into(),
        Output::new(trueup_value::Value::string("<ours>"), false),
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
    // Each says its own version of what it pulls.
    let ours = std::fs::read(path.join("terraform.tfstate")).expect("a state");
    let ours = State::read(&ours).expect("our state");
    let pulled = State {
        terraform_version: ours.terraform_version.clone(),
        ..State::read(&pulled.stdout).expect("a state")
    };
    assert_eq!(pulled.write(), ours.write());
}
