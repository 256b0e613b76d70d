//! Encrypted states in the hands of the real `tofu` and of us: in a file and in S3, keys changed, keys given by the
//! environment and by KMS, the states of others, saved plans. Without a `tofu` on the path these tests say that they
//! were skipped.

use serde_json::Value;
use trueup_testkit::{Program, Project};

use crate::bed::{APPLY, PLAN, Served, serve, store, trueup};
use crate::interplay_states::{
    LOCK_TABLE, ORDERS, backend_in, peer, project_beside, take_turns, things, with_peer,
};

/// Two keys by passphrases, and what the body of `state` says.
fn encryption(state: &str) -> String {
    format!(
        r#"
terraform {{
  encryption {{
    key_provider "pbkdf2" "main" {{
      passphrase = "correct horse battery staple"
      iterations = 200000
    }}
    key_provider "pbkdf2" "next" {{
      passphrase               = "another passphrase altogether"
      iterations               = 200000
      hash_function            = "sha256"
      encrypted_metadata_alias = "ours"
    }}
    method "aes_gcm" "main" {{
      keys = key_provider.pbkdf2.main
    }}
    method "aes_gcm" "next" {{
      keys = key_provider.pbkdf2.next
    }}
    method "unencrypted" "plain" {{}}
    state {{
      {state}
    }}
    plan {{
      method = method.aes_gcm.main
    }}
  }}
}}
"#
    )
}

const SEALED: &str = "method = method.aes_gcm.main\n enforced = true";

/// A project in a store of its own, ours and theirs.
fn both(name: &str, test: impl FnOnce(&Program, &Program, &Project, &Served)) {
    with_peer("tofu", name, |path| {
        let home = Project::new();
        let served = store(&home);
        let project = project_beside(&served);
        test(&trueup(&project), &peer(path, &project), &project, &served);
    });
}

/// Which keys a sealed text says it was made with; none where it is plain.
fn keys_of(text: &[u8]) -> Vec<String> {
    let stored: Value = serde_json::from_slice(text).expect("JSON");
    let meta = stored.get("meta").and_then(Value::as_object);
    meta.into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect()
}

#[test]
fn an_encrypted_state_file_is_shared() {
    both(
        "an encrypted state file is shared",
        |ours, theirs, project, _| {
            project.write("encryption.tf", &encryption(SEALED));
            take_turns(ours, theirs, project);
            let stored = project.bytes("terraform.tfstate").expect("a state");
            assert_eq!(keys_of(&stored), ["key_provider.pbkdf2.main"]);
        },
    );
}

#[test]
fn an_encrypted_state_in_s3_is_shared() {
    both(
        "an encrypted state in S3 is shared",
        |ours, theirs, project, served| {
            project.write("encryption.tf", &encryption(SEALED));
            project.write("backend.tf", &backend_in(served, LOCK_TABLE));
            take_turns(ours, theirs, project);
            let (code, stored) = served.s3("GET", "/orders-states/orders/terraform.tfstate", b"");
            assert_eq!(
                (code, keys_of(&stored)),
                (200, vec!["key_provider.pbkdf2.main".into()])
            );
        },
    );
}

/// Plain, sealed, sealed with another key, plain again: each step by one, the next by the other.
#[test]
fn keys_are_changed_by_either() {
    both("keys are changed by either", |ours, theirs, project, _| {
        let steps = [
            ("method = method.unencrypted.plain", ""),
            (
                "method = method.aes_gcm.main\n fallback {\n method = method.unencrypted.plain\n }",
                "key_provider.pbkdf2.main",
            ),
            (
                "method = method.aes_gcm.next\n enforced = true\n fallback {\n method = method.aes_gcm.main\n }",
                "ours",
            ),
            (
                "method = method.unencrypted.plain\n fallback {\n method = method.aes_gcm.next\n }",
                "",
            ),
        ];
        theirs.run(&["init", "-input=false"]).expect_code(0);
        for (first, second) in [(ours, theirs), (theirs, ours)] {
            for (step, (state, wanted)) in steps.into_iter().enumerate() {
                let (one, other) = match step % 2 {
                    0 => (first, second),
                    _ => (second, first),
                };
                project.write("encryption.tf", &encryption(state));
                // Both read it as it is, and neither sees a change.
                if project.bytes("terraform.tfstate").is_some() {
                    one.run(&PLAN).expect_code(0);
                    other.run(&PLAN).expect_code(0);
                }
                one.run(&APPLY).expect_code(0);
                let stored = project.bytes("terraform.tfstate").expect("a state");
                assert_eq!(keys_of(&stored).join(" "), wanted, "step {step}");
                other.run(&PLAN).expect_code(0);
            }
        }
    });
}

/// The passphrase is in the environment alone, `enforced` in the block alone.
#[test]
fn the_environment_completes_the_block_for_both() {
    with_peer(
        "tofu",
        "the environment completes the block for both",
        |path| {
            let project = Project::with(&things(ORDERS));
            let block = encryption("method = method.aes_gcm.main\n enforced = true");
            let open = block.replacen("passphrase = \"correct horse battery staple\"", "", 1);
            assert_ne!(open, block);
            project.write("encryption.tf", &open);
            let given = "key_provider \"pbkdf2\" \"main\" {\n passphrase = \"correct horse battery staple\"\n}\n";
            let with = |program: Program, more: &str| {
                program.variable("TF_ENCRYPTION", format!("{given}{more}"))
            };
            let ours = || trueup(&project);
            let theirs = || peer(path.clone(), &project);
            take_turns(&with(ours(), ""), &with(theirs(), ""), &project);
            let plain = "state {\n method = method.unencrypted.plain\n enforced = false\n}\n";
            for program in [with(ours(), plain), with(theirs(), plain)] {
                let refused = program.run(&["plan", "-input=false"]).expect_code(1);
                assert!(
                    refused.stderr.contains("Unencrypted method is forbidden"),
                    "{}",
                    refused.report()
                );
            }
            for program in [ours(), theirs()] {
                program.run(&["plan", "-input=false"]).expect_code(1);
            }
        },
    );
}

#[test]
fn keys_of_kms_are_shared() {
    with_peer("tofu", "keys of KMS are shared", |path| {
        let home = Project::new();
        let served = serve(&home);
        let address = format!("http://{}", served.address);
        let project = Project::with(&things(ORDERS));
        project.write(
            "encryption.tf",
            &format!(
                r#"
terraform {{
  encryption {{
    key_provider "aws_kms" "main" {{
      kms_key_id = "alias/aws/s3"
      key_spec   = "AES_256"
      region     = "us-east-1"
      access_key = "test"
      secret_key = "test"
      endpoints {{
        sts = "{address}"
        iam = "{address}"
      }}
    }}
    key_provider "pbkdf2" "over" {{
      chain      = key_provider.aws_kms.main
      iterations = 200000
    }}
    method "aes_gcm" "main" {{
      keys = key_provider.pbkdf2.over
    }}
    state {{
      method   = method.aes_gcm.main
      enforced = true
    }}
  }}
}}
"#
            ),
        );
        let reach = |program: Program| program.variable("AWS_ENDPOINT_URL_KMS", address.clone());
        take_turns(
            &reach(trueup(&project)),
            &reach(peer(path, &project)),
            &project,
        );
        let stored = project.bytes("terraform.tfstate").expect("a state");
        assert_eq!(
            keys_of(&stored),
            ["key_provider.aws_kms.main", "key_provider.pbkdf2.over"]
        );
    });
}

/// The state of another configuration, sealed by either, is read by both.
#[test]
fn the_sealed_state_of_another_is_read_by_both() {
    with_peer(
        "tofu",
        "the sealed state of another is read by both",
        |path| {
            for ours_writes in [true, false] {
                let writer = Project::with(&things(ORDERS));
                writer.write("encryption.tf", &encryption(SEALED));
                let program = match ours_writes {
                    true => trueup(&writer),
                    false => peer(path.clone(), &writer),
                };
                program.run(&["init", "-input=false"]).expect_code(0);
                program.run(&APPLY).expect_code(0);

                let at = writer.path().join("terraform.tfstate");
                let reader = Project::with(&format!(
                    "data \"terraform_remote_state\" \"orders\" {{\n  backend = \"local\"\n  config  = {{ path = {at:?} }}\n}}\n\noutput \"read\" {{\n  value = data.terraform_remote_state.orders.outputs.orders.status\n}}\n"
                ));
                let read = "method = method.unencrypted.plain\n    }\n    remote_state_data_sources {\n      default {\n        method = method.aes_gcm.main\n      }";
                reader.write("encryption.tf", &encryption(read));
                for program in [peer(path.clone(), &reader), trueup(&reader)] {
                    program.run(&["init", "-input=false"]).expect_code(0);
                    program.run(&APPLY).expect_code(0);
                    let value = program.run(&["output", "-raw", "read"]).expect_code(0);
                    assert_eq!(value.stdout.trim(), "open");
                }
                // Who has no key for it reads nothing.
                reader.write(
                    "encryption.tf",
                    &encryption("method = method.unencrypted.plain"),
                );
                for program in [peer(path.clone(), &reader), trueup(&reader)] {
                    program.run(&["plan", "-input=false"]).expect_code(1);
                }
            }
        },
    );
}

/// A saved plan is for the program that made it; the other says so and does nothing.
#[test]
fn sealed_plans_are_told_apart() {
    both("sealed plans are told apart", |ours, theirs, project, _| {
        project.write("encryption.tf", &encryption(SEALED));
        theirs.run(&["init", "-input=false"]).expect_code(0);
        for (maker, other) in [(ours, theirs), (theirs, ours)] {
            maker
                .run(&["plan", "-input=false", "-out=p"])
                .expect_code(0);
            let plan = project.bytes("p").expect("a plan");
            assert_eq!(keys_of(&plan), ["key_provider.pbkdf2.main"]);
            other.run(&["apply", "-input=false", "p"]).expect_code(1);
            assert!(project.bytes("terraform.tfstate").is_none());
        }
        ours.run(&["plan", "-input=false", "-out=p"]).expect_code(0);
        ours.run(&["apply", "-input=false", "p"]).expect_code(0);
        theirs.run(&PLAN).expect_code(0);
    });
}
