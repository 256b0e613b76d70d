//! A state that its backend does not take: it is kept in a file that can be pushed, or the next run takes up what was
//! done from the journal.

use std::io::Write;
use std::time::Duration;

use trueup_testkit::{Program, Project};

use crate::bed::{APPLY, PLAN, Served, read_until, serve, start, trueup};
use crate::interplay_states::{LOCK_TABLE, backend_in, project_beside, things};

const ONE: [(&str, &str); 1] = [("orders", r#""open""#)];

/// A project in S3 whose first apply finds its bucket gone once it was agreed to. Answers what it said.
fn unsaved(more: &str) -> (Project, Served, Project, String) {
    let home = Project::new();
    let served = serve(&home);
    let project = project_beside(&served);
    project.write("backend.tf", &backend_in(&served, LOCK_TABLE));
    project.write("main.tf", &format!("{}{more}", things(&ONE)));
    let program = trueup(&project);
    program.run(&["init", "-input=false"]).expect_code(0);
    let mut asking = start(program.command(&["apply"]));
    read_until(&mut asking, "Enter a value", Duration::from_secs(60));
    let (code, _) = served.s3("DELETE", "/orders-states", b"");
    assert_eq!(code, 204);
    let mut stdin = asking.0.stdin.take().expect("started with pipes");
    stdin.write_all(b"yes\n").expect("it reads");
    drop(stdin);
    let status = asking.0.wait().expect("it ends");
    assert_eq!(status.code(), Some(1));
    let mut said = String::new();
    let stderr = asking.0.stderr.as_mut().expect("started with pipes");
    std::io::Read::read_to_string(stderr, &mut said).expect("text");
    let (code, _) = served.s3("PUT", "/orders-states", b"");
    assert_eq!(code, 200);
    (home, served, project, said)
}

fn push(program: &Program) {
    program
        .run(&["state", "push", "errored.tfstate"])
        .expect_code(0);
    // Every lock was given back, and what was pushed is what was done.
    program.run(&PLAN).expect_code(0);
}

#[test]
fn a_state_that_could_not_be_written_is_kept_and_pushed() {
    let (_home, served, project, said) = unsaved("");
    for wanted in ["Failed to save state", "state push errored.tfstate"] {
        assert!(said.contains(wanted), "{said}");
    }
    let kept = project.path().join("errored.tfstate");
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(kept).expect("it was kept").permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
    push(&trueup(&project));
    let locks = served.items("state-locks");
    assert!(locks.iter().all(|item| item.contains("-md5")), "{locks:?}");
}

#[test]
fn a_state_that_is_kept_is_as_encrypted_as_those_of_the_backend() {
    let passphrase = "a passphrase of many words";
    let (_home, _served, project, said) = unsaved(&format!(
        r#"
terraform {{
  encryption {{
    key_provider "pbkdf2" "orders" {{
      passphrase = {passphrase:?}
      iterations = 200000
    }}
    method "aes_gcm" "orders" {{
      keys = key_provider.pbkdf2.orders
    }}
    state {{
      method   = method.aes_gcm.orders
      enforced = true
    }}
  }}
}}
"#
    ));
    assert!(said.contains("state push errored.tfstate"), "{said}");
    let kept = project.read("errored.tfstate").expect("it was kept");
    assert!(kept.contains("encrypted_data") && !kept.contains("terraform_data"));
    push(&trueup(&project));
}

#[test]
fn the_next_run_takes_up_what_was_done_without_the_file() {
    let (_home, _served, project, _) = unsaved("");
    project.remove("errored.tfstate");
    let program = trueup(&project);
    program.run(&APPLY).expect_code(0);
    program.run(&PLAN).expect_code(0);
}
