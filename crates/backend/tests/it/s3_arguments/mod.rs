//! Every argument of a `backend "s3"` block over the wire: a state is listed, locked, read, written and
//! released, and what was sent to AWS is held against what the argument promises.

mod reached;
mod rows;

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use trueup_aws::Transport;
use trueup_backend::{
    AwsClients, Backend, Environment, Error, LockOptions, Operation, Place, S3Backend, S3Settings,
    Session, Surroundings, schema,
};
use trueup_emulator::{Config, Emulator};

use crate::bed::state_with;
use crate::recorder::Recorder;
use reached::reached;
use rows::{Row, USUAL, kept};

#[tokio::test(flavor = "multi_thread")]
async fn every_argument_reaches_aws() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [
        ("config", "[profile orders]\nregion = us-east-1\n"),
        (
            "credentials",
            "[orders]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = secret\n",
        ),
        ("token", "of-a-file"),
    ] {
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    let mut wrong = Vec::new();
    for row in kept().into_iter().chain(reached()) {
        // Credentials of the machine would be found before the row's.
        let needs_none = row.1.contains("ec2_metadata");
        let has_some = std::env::var_os("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").is_some()
            || std::env::var_os("AWS_EC2_METADATA_DISABLED").is_some();
        if needs_none && has_some {
            let _ = writeln!(
                std::io::stdout().lock(),
                "SKIPPED: {}: the environment has credentials or forbids metadata",
                row.0
            );
            continue;
        }
        wrong.extend(check(&row, folder.path()).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn check(row: &Row, folder: &Path) -> Vec<String> {
    let Row(about, settings, env, expected) = row;
    let emulator = Emulator::in_memory(Config::default()).expect("an emulator");
    emulator
        .ensure_bucket("states", "us-east-1")
        .expect("a bucket");
    emulator
        .ensure_lock_table("locks", "us-east-1")
        .expect("a table");
    let aws = Recorder::start(emulator.clone()).await;
    let other = Recorder::start(emulator).await;
    let fill = |text: &str| {
        text.replace("@2", &other.address)
            .replace('@', &aws.address)
            .replace('$', &folder.display().to_string())
    };
    let mut all: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&fill(USUAL)).expect("JSON");
    let own: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&fill(settings)).expect(about);
    all.extend(own);
    let environment = Environment::new(
        env.iter()
            .map(|(name, value)| ((*name).to_owned(), fill(value))),
    );
    let outcome = use_it(
        &serde_json::Value::Object(all).to_string(),
        environment,
        folder,
    )
    .await;
    let said = outcome
        .err()
        .map(|error| error.to_string())
        .unwrap_or_default();
    let (sent, sent_elsewhere) = (aws.take(), other.take());
    let mut wrong = Vec::new();
    for line in *expected {
        if let Some(text) = line.strip_prefix("= ") {
            if !said.contains(text) {
                wrong.push(format!(
                    "{about}: the error does not say {text:?}: {said:?}"
                ));
            }
            continue;
        }
        let (forbidden, line) = match line.strip_prefix("! ") {
            Some(rest) => (true, rest),
            None => (false, *line),
        };
        let (sent, line) = match line.strip_prefix("2 ") {
            Some(rest) => (&sent_elsewhere, rest),
            None => (&sent, line),
        };
        let (what, header) = line.split_once(" | ").unwrap_or((line, ""));
        let (name, part) = header.split_once(": ").unwrap_or((header, ""));
        let found = sent.iter().any(|request| {
            request.line() == what
                && match name {
                    "" => true,
                    "body" => request.body.contains(part),
                    name => {
                        let value = request.header(name);
                        !value.is_empty() && value.contains(part)
                    }
                }
        });
        if found == forbidden {
            let requests: Vec<_> = sent
                .iter()
                .map(|request| match name {
                    "" => request.line(),
                    "body" => format!("{} | {}", request.line(), request.body),
                    name => format!("{} | {}", request.line(), request.header(name)),
                })
                .collect();
            let verb = if forbidden {
                "was sent"
            } else {
                "was not sent"
            };
            wrong.push(format!(
                "{about}: {line:?} {verb}; error {said:?}; sent:\n  {}",
                requests.join("\n  ")
            ));
        }
    }
    wrong
}

/// One run's use of a state.
async fn use_it(settings: &str, environment: Environment, folder: &Path) -> Result<(), Error> {
    let value = trueup_value::json::decode(settings).expect("JSON");
    let value = schema("s3")
        .and_then(|schema| schema.coerce(value).ok())
        .expect("a block");
    let settings = S3Settings::from_config(&value, &environment)?;
    let surroundings = Surroundings::for_tests("one");
    let transport = Transport {
        initial_backoff: Some(Duration::from_millis(1)),
        ..Transport::default()
    };
    let place = Place {
        working_dir: folder.to_owned(),
        journal_dir: folder.join("journal"),
        ..Place::default()
    };
    let connect = AwsClients::over(transport);
    let backend = S3Backend::connect(settings, &place, &surroundings, &connect).await?;
    backend.workspaces().await?;
    let mut session = Session::open(
        Arc::new(backend),
        "default",
        Operation::Apply,
        LockOptions::default(),
        &surroundings,
    )
    .await?;
    session.checkpoint(&state_with("orders")).await?;
    session.close().await
}
