//! Encrypted states and plans: read as OpenTofu writes them, written as it reads them. The recorded texts are those of
//! OpenTofu 1.12.6 (`tests/encrypted/README.md`); beside a living one: `interplay_encryption`.

use serde_json::Value;
use trueup_testkit::{Program, Project};

use crate::bed::{json, trueup};

const PASSPHRASE: &str = "correct horse battery staple";

const BY_PASSPHRASE: &str = r#"
variable "passphrase" {
  type      = string
  sensitive = true
}
terraform {
  encryption {
    key_provider "pbkdf2" "main" {
      passphrase = var.passphrase
      iterations = 200000
    }
    method "aes_gcm" "main" {
      keys = key_provider.pbkdf2.main
    }
    method "unencrypted" "old" {}
    state {
      method = method.aes_gcm.main
    }
    plan {
      method   = method.aes_gcm.main
      enforced = true
    }
  }
}
output "table" {
  value = "orders"
}
"#;

/// A key made of two others that are written down.
const BY_TWO_KEYS: &str = r#"
terraform {
  encryption {
    key_provider "static" "a" {
      key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    }
    key_provider "static" "b" {
      key = "f0e1d2c3b4a5968778695a4b3c2d1e0ff0e1d2c3b4a5968778695a4b3c2d1e0f"
    }
    key_provider "xor" "main" {
      a = key_provider.static.a
      b = key_provider.static.b
    }
    method "aes_gcm" "main" {
      keys = key_provider.xor.main
    }
    state {
      method = method.aes_gcm.main
    }
  }
}
output "table" {
  value = "orders"
}
"#;

fn with_passphrase(project: &Project) -> Program {
    trueup(project).variable("TF_VAR_passphrase", PASSPHRASE)
}

/// A text without its line breaks.
fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn pulled(program: &Program) -> Value {
    json(&program.run(&["state", "pull"]).expect_code(0)).expect("a state")
}

#[test]
fn recorded_states_are_read() {
    for (recorded, configuration) in [
        (
            include_str!("../encrypted/by-passphrase.tfstate"),
            BY_PASSPHRASE.to_owned(),
        ),
        (
            include_str!("../encrypted/under-another-name.tfstate"),
            BY_PASSPHRASE.replace(
                "iterations = 200000",
                "encrypted_metadata_alias = \"ours\"\n      key_length = 16\n      hash_function = \"sha256\"",
            ),
        ),
        (
            include_str!("../encrypted/by-a-chain.tfstate"),
            BY_PASSPHRASE
                .replace("passphrase = var.passphrase", "chain = key_provider.static.base")
                .replace("keys = key_provider.pbkdf2.main", "keys = key_provider.pbkdf2.main\n aad = [1, 2, 3]")
                .replace(
                    "    method \"unencrypted\"",
                    "    key_provider \"static\" \"base\" {\n      key = \"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\"\n    }\n    method \"unencrypted\"",
                ),
        ),
        (
            include_str!("../encrypted/by-two-keys.tfstate"),
            BY_TWO_KEYS.to_owned(),
        ),
    ] {
        let project = Project::with(&configuration);
        project.write("terraform.tfstate", recorded);
        let program = with_passphrase(&project);
        let state = pulled(&program);
        assert_eq!(state["serial"], 7);
        assert_eq!(state["outputs"]["table"]["value"], "orders");
        program.run(&["plan", "-detailed-exitcode"]).expect_code(0);
        // What is written is sealed again: serial and lineage stand beside it, nothing else can be read.
        project.write("more.tf", "output \"more\" { value = \"geheim\" }\n");
        program.run(&["apply", "-auto-approve"]).expect_code(0);
        let text = project.read("terraform.tfstate").expect("a state");
        let stored: Value = serde_json::from_str(&text).expect("JSON");
        let members: Vec<&str> = stored.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(
            members,
            ["serial", "lineage", "meta", "encrypted_data", "encryption_version"]
        );
        assert_eq!(stored["serial"], 8);
        assert!(!text.contains("geheim") && !text.contains('\n'));
        let first: Value = serde_json::from_str(recorded).expect("JSON");
        let names = |state: &Value| -> Vec<String> {
            state["meta"].as_object().expect("an object").keys().cloned().collect()
        };
        assert_eq!(names(&stored), names(&first));
        assert_eq!(pulled(&program)["outputs"]["more"]["value"], "geheim");
    }
}

/// The key was changed: the new one opens what is recorded, and the old one is for what was written before.
#[test]
fn a_recorded_state_whose_key_was_changed_is_read() {
    let rotating = BY_PASSPHRASE
        .replacen(
            "    method \"unencrypted\"",
            "    key_provider \"pbkdf2\" \"next\" {\n      passphrase = \"another passphrase altogether\"\n      iterations = 200000\n    }\n    method \"aes_gcm\" \"next\" {\n      keys = key_provider.pbkdf2.next\n    }\n    method \"unencrypted\"",
            1,
        )
        .replacen(
            "method = method.aes_gcm.main\n",
            "method   = method.aes_gcm.next\n      enforced = true\n      fallback {\n        method = method.aes_gcm.main\n      }\n",
            1,
        );
    let (old, new) = (
        include_str!("../encrypted/by-passphrase.tfstate"),
        include_str!("../encrypted/rotated.tfstate"),
    );
    for recorded in [old, new] {
        let project = Project::with(&rotating);
        project.write("terraform.tfstate", recorded);
        let program = with_passphrase(&project);
        assert_eq!(pulled(&program)["serial"], 7);
        program.run(&["plan", "-detailed-exitcode"]).expect_code(0);
        program.run(&["apply", "-auto-approve"]).expect_code(0);
        let stored = project.read("terraform.tfstate").expect("a state");
        // With the old key it was written anew, although nothing changed; with the new one it was left alone.
        assert_eq!(stored == recorded, recorded == new);
        assert!(stored.contains("key_provider.pbkdf2.next"));
    }
}

/// A state that was kept in S3, on one line without an end, and a plan of another program.
#[test]
fn recorded_texts_of_other_places_are_opened() {
    let project = Project::with(BY_PASSPHRASE);
    project.write(
        "terraform.tfstate",
        include_str!("../encrypted/in-s3.tfstate"),
    );
    let program = with_passphrase(&project);
    assert_eq!(pulled(&program)["outputs"]["table"]["value"], "orders");
    let plan = include_str!("../encrypted/plan.tfplan");
    project.write("p.tfplan", plan);
    for arguments in [["show", "p.tfplan"], ["apply", "p.tfplan"]] {
        let refused = program.run(&arguments).expect_code(1);
        let said = in_one_line(&refused.stderr);
        assert!(
            said.contains("this plan was saved by Terraform or OpenTofu"),
            "{}",
            refused.report()
        );
        assert!(!said.contains(PASSPHRASE), "{said}");
    }
}

/// What the environment says completes what the block says; nothing takes `enforced` back.
#[test]
fn the_environment_completes_the_block() {
    let block = BY_PASSPHRASE
        .replacen("      passphrase = var.passphrase\n", "", 1)
        .replacen(
            "method = method.aes_gcm.main\n",
            "method   = method.aes_gcm.main\n      enforced = true\n",
            1,
        );
    let project = Project::with(&block);
    let recorded = include_str!("../encrypted/by-passphrase.tfstate");
    project.write("terraform.tfstate", recorded);
    let refused = with_passphrase(&project)
        .run(&["state", "pull"])
        .expect_code(1);
    assert!(
        refused.stderr.contains("\"passphrase\" is required"),
        "{}",
        refused.report()
    );
    let secret =
        format!("key_provider \"pbkdf2\" \"main\" {{\n passphrase = \"{PASSPHRASE}\"\n}}\n");
    let completed =
        |more: &str| with_passphrase(&project).variable("TF_ENCRYPTION", format!("{secret}{more}"));
    assert_eq!(pulled(&completed(""))["serial"], 7);
    let fallback = "state {\n fallback {\n method = method.aes_gcm.main\n }\n}\n";
    assert_eq!(pulled(&completed(fallback))["serial"], 7);
    let json =
        format!(r#"{{"key_provider":{{"pbkdf2":{{"main":{{"passphrase":"{PASSPHRASE}"}}}}}}}}"#);
    let program = with_passphrase(&project).variable("TF_ENCRYPTION", json);
    assert_eq!(pulled(&program)["serial"], 7);
    for loosened in [
        "state {\n method = method.unencrypted.old\n}\n",
        "state {\n enforced = false\n fallback {\n method = method.unencrypted.old\n }\n}\n",
    ] {
        let refused = completed(loosened).run(&["state", "pull"]).expect_code(1);
        assert!(
            refused.stderr.contains("Unencrypted method is forbidden"),
            "{}",
            refused.report()
        );
        assert!(!refused.stderr.contains(PASSPHRASE), "{}", refused.report());
    }
}

#[test]
fn what_does_not_fit_is_told() {
    let project = Project::with(BY_PASSPHRASE);
    let recorded = include_str!("../encrypted/by-passphrase.tfstate");
    project.write("terraform.tfstate", recorded);
    let refused = |program: &Program, wanted: &str| {
        let finished = program.run(&["state", "pull"]).expect_code(1);
        let said = in_one_line(&finished.stderr);
        assert!(said.contains(wanted), "{wanted}\n{said}");
        assert!(!said.contains(PASSPHRASE), "{said}");
    };
    let wrong = trueup(&project).variable("TF_VAR_passphrase", "another passphrase altogether");
    refused(&wrong, "the key does not fit, or the data was changed");
    let right = with_passphrase(&project);
    project.write(
        "terraform.tfstate",
        &recorded.replacen("\"serial\": 7", "\"serial\": 8", 1),
    );
    refused(&right, "are not those inside it");
    project.write(
        "terraform.tfstate",
        &recorded.replacen("\"v0\"", "\"v9\"", 1),
    );
    refused(&right, "has version \"v9\"");
    project.write(
        "terraform.tfstate",
        r#"{"version":4,"serial":1,"lineage":"l"}"#,
    );
    refused(
        &right,
        "the state is not encrypted, and the configuration allows only encrypted ones",
    );
    project.write("terraform.tfstate", recorded);
    for (from, to, wanted) in [
        ("var.passphrase", "\"short\"", "at least 16 characters"),
        (
            "iterations = 200000",
            "iterations = 1000",
            "at least 200000",
        ),
        (
            "key_provider.pbkdf2.main\n",
            "key_provider.pbkdf2.other\n",
            "There is no key_provider.pbkdf2.other",
        ),
        (
            "method   = method.aes_gcm.main",
            "method   = method.unencrypted.old",
            "does not encrypt",
        ),
        (
            "enforced = true",
            "enforced = true\n      fallback {\n        method = method.unencrypted.old\n      }",
            "Unencrypted method is forbidden",
        ),
        (
            "\"pbkdf2\" \"main\"",
            "\"gcp_kms\" \"main\"",
            "is not one of trueup's",
        ),
        (
            "passphrase = var.passphrase",
            "chain = key_provider.pbkdf2.main",
            "stands on itself",
        ),
        ("iterations = 200000", "hash = 1", "Unsupported argument"),
    ] {
        project.write("main.tf", &BY_PASSPHRASE.replace(from, to));
        refused(&right, wanted);
    }
    project.write("main.tf", "output \"table\" { value = \"orders\" }\n");
    refused(
        &right,
        "has no \"encryption\" block that says how to decrypt it",
    );
}

#[test]
fn two_keys_that_make_no_key_are_told() {
    let recorded = include_str!("../encrypted/by-two-keys.tfstate");
    let magic = "eyJtYWdpYyI6IkhlbGxvIHdvcmxkISJ9";
    let other = "eyJtYWdpYyI6IkdlbmVyYWwgS2Vub2JpIn0=";
    for (from, to, state, wanted) in [
        (
            "b = key_provider.static.b",
            "",
            recorded.to_owned(),
            "\"b\"",
        ),
        (
            "f0e1d2c3b4a5968778695a4b3c2d1e0ff0e1",
            "f0e1",
            recorded.to_owned(),
            "not of one length",
        ),
        (
            "b = key_provider.static.b",
            "b = key_provider.static.a",
            recorded.to_owned(),
            "the key does not fit",
        ),
        (
            "b = key_provider.static.b",
            "b = key_provider.xor.main",
            recorded.to_owned(),
            "stands on itself",
        ),
        ("\"f0e1", "\"g0e1", recorded.to_owned(), "hexadecimal"),
        ("", "", recorded.replacen(magic, other, 1), "was changed"),
    ] {
        let project = Project::with(&BY_TWO_KEYS.replacen(from, to, 1));
        project.write("terraform.tfstate", &state);
        let finished = trueup(&project).run(&["state", "pull"]).expect_code(1);
        let said = in_one_line(&finished.stderr);
        assert!(said.contains(wanted), "{wanted}\n{said}");
        assert!(!said.contains("00010203"), "{said}");
    }
}

#[test]
fn a_state_goes_from_plain_to_encrypted_and_back() {
    let project = Project::with("output \"table\" { value = \"orders\" }\n");
    trueup(&project)
        .run(&["apply", "-auto-approve"])
        .expect_code(0);
    let fallback = BY_PASSPHRASE.replacen(
        "method = method.aes_gcm.main\n",
        "method = method.aes_gcm.main\n      fallback {\n        method = method.unencrypted.old\n      }\n",
        1,
    );
    project.write("main.tf", &fallback);
    let program = with_passphrase(&project);
    let is_sealed = || {
        project
            .read("terraform.tfstate")
            .is_some_and(|text| text.contains("encrypted_data"))
    };
    program.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    assert!(!is_sealed());
    // Nothing changes but the form.
    program.run(&["apply", "-auto-approve"]).expect_code(0);
    assert!(is_sealed());
    // The environment wins over the block, in the native form and in JSON.
    let back = "state {\n method = method.unencrypted.old\n fallback {\n method = method.aes_gcm.main\n }\n}\n";
    let plain = with_passphrase(&project).variable("TF_ENCRYPTION", back);
    plain.run(&["apply", "-auto-approve"]).expect_code(0);
    assert!(!is_sealed());
    let again = r#"{"state":{"method":"${method.aes_gcm.main}","fallback":{"method":"${method.unencrypted.old}"}}}"#;
    let sealed = with_passphrase(&project).variable("TF_ENCRYPTION", again);
    sealed.run(&["apply", "-auto-approve"]).expect_code(0);
    assert!(is_sealed());
}

#[test]
fn a_saved_plan_is_encrypted_and_applied() {
    let project = Project::with(&format!(
        "{BY_PASSPHRASE}\nresource \"terraform_data\" \"orders\" {{ input = \"geheim\" }}\n"
    ));
    let program = with_passphrase(&project);
    program.run(&["plan", "-out=p"]).expect_code(0);
    let bytes = project.bytes("p").expect("a plan");
    assert!(bytes.starts_with(b"{\"meta\":"));
    let shown = program.run(&["show", "p"]).expect_code(0);
    assert!(shown.stdout.contains("geheim"), "{}", shown.stdout);
    program.run(&["apply", "p"]).expect_code(0);
    let wrong = trueup(&project).variable("TF_VAR_passphrase", "another passphrase altogether");
    wrong.run(&["show", "p"]).expect_code(1);
}

#[test]
fn kms_gives_the_key_of_a_state_in_s3_and_of_those_who_read_it() {
    const KMS: &str = r#"
terraform {
  backend "s3" {
    bucket         = "states"
    key            = "orders/terraform.tfstate"
    region         = "us-east-1"
    dynamodb_table = "locks"
  }
  encryption {
    key_provider "aws_kms" "main" {
      kms_key_id = "alias/aws/s3"
      key_spec   = "AES_256"
      region     = "us-east-1"
      endpoints {
        sts = "http://127.0.0.1:1"
      }
    }
    method "aes_gcm" "main" {
      keys = key_provider.aws_kms.main
    }
    state {
      method = method.aes_gcm.main
    }
    remote_state_data_sources {
      remote_state_data_source "orders" {
        method = method.aes_gcm.main
      }
    }
  }
}
"#;
    let project = Project::with(&format!(
        "{KMS}\noutput \"table\" {{ value = \"orders\" }}\n"
    ));
    let program = trueup(&project);
    program.run(&["-local", "init"]).expect_code(0);
    program
        .run(&["-local", "apply", "-auto-approve"])
        .expect_code(0);
    program
        .run(&["-local", "plan", "-detailed-exitcode"])
        .expect_code(0);
    let reader = r#"
data "terraform_remote_state" "orders" {
  backend = "s3"
  config = {
    bucket = "states"
    key    = "orders/terraform.tfstate"
    region = "us-east-1"
  }
}
output "read" { value = data.terraform_remote_state.orders.outputs.table }
"#;
    let elsewhere = KMS.replace("orders/terraform.tfstate", "reader/terraform.tfstate");
    project.write("main.tf", &format!("{elsewhere}{reader}"));
    program
        .run(&["-local", "init", "-reconfigure"])
        .expect_code(0);
    program
        .run(&["-local", "apply", "-auto-approve"])
        .expect_code(0);
    let read = program.run(&["-local", "output", "read"]).expect_code(0);
    assert_eq!(read.stdout.trim(), "\"orders\"");
    // Who has no keys for it, is told.
    project.write(
        "main.tf",
        &format!(
            "{}{reader}",
            elsewhere.replace("data_source \"orders\"", "data_source \"other\"")
        ),
    );
    let refused = program.run(&["-local", "plan"]).expect_code(1);
    let said = in_one_line(&refused.stderr);
    assert!(said.contains("the state is encrypted"), "{said}");
}
