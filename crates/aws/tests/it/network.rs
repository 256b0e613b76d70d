//! Over the network: wrong endpoints, silent endpoints, missing credentials, unusable settings.
use std::path::Path;
use std::time::{Duration, Instant};

use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use trueup_aws::dynamodb::PutItem;
use trueup_aws::{Class, Error, Session, Settings, Transport};

use crate::item;

fn settings(endpoint: &str) -> Settings {
    let mut settings = Settings {
        region: Some("us-east-1".into()),
        access_key: Some("test".into()),
        secret_key: Some("test".into()),
        skip_credentials_validation: true,
        skip_requesting_account_id: true,
        http_proxy: None,
        https_proxy: Some(String::new()),
        ..Settings::default()
    };
    settings.endpoints.set("dynamodb", endpoint);
    settings.endpoints.set("sts", endpoint);
    settings
}

fn transport() -> Transport {
    Transport {
        initial_backoff: Some(Duration::from_millis(1)),
        ..Transport::default()
    }
}

async fn connect(settings: Settings) -> Result<Session, Error> {
    Session::connect(settings, transport()).await
}

fn refusal(result: Result<Session, Error>) -> Error {
    match result {
        Ok(_) => panic!("connected"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn a_refused_connection_names_the_endpoint_after_a_few_attempts() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let started = Instant::now();
    let session = connect(settings(&url)).await.expect("nothing is sent yet");
    let error = session
        .dynamodb()
        .describe_table("orders")
        .await
        .expect_err("nobody listens");
    assert_eq!(error.class(), Class::Unreachable);
    assert!(!error.lost_answer(), "{error:?}");
    assert!(error.to_string().contains(&url), "{error}");
    assert!(error.to_string().contains("attempts: 4"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn an_answer_that_breaks_off_may_have_had_its_effect() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let server = tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut some = [0; 64];
            let _ = socket.read(&mut some).await;
        }
    });
    let session = connect(settings(&url)).await.expect("nothing is sent yet");
    let put = PutItem {
        table: "orders".into(),
        item: item(&[("pk", "a")]),
        ..PutItem::default()
    };
    let error = session
        .dynamodb()
        .put_item(put)
        .await
        .expect_err("the connection breaks");
    server.abort();
    assert_eq!(error.class(), Class::Unreachable);
    assert!(error.lost_answer(), "{error:?}");
    assert_eq!(session.counts().snapshot()["dynamodb"]["PutItem"], 9);
}

/// Settings that lead to no keys: a profile that the files in this folder do not have.
fn no_keys(folder: &Path) -> Settings {
    let empty = folder.join("empty");
    std::fs::write(&empty, "").expect("a file");
    let files = vec![empty.display().to_string()];
    Settings {
        access_key: None,
        secret_key: None,
        profile: Some("absent".into()),
        shared_config_files: files.clone(),
        shared_credentials_files: files,
        ..settings("http://127.0.0.1:1")
    }
}

#[tokio::test]
async fn missing_credentials_are_said_within_seconds() {
    let folder = tempfile::tempdir().expect("a folder");
    let started = Instant::now();
    let error = refusal(
        connect(Settings {
            skip_metadata_api_check: Some(true),
            ..no_keys(folder.path())
        })
        .await,
    );
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(error.class(), Class::NoCredentials);
    let text = error.to_string();
    assert!(
        text.starts_with("no valid credential sources found: "),
        "{text}"
    );
    assert!(text.contains("the profile absent"), "{text}");
}

#[tokio::test]
async fn silent_instance_metadata_is_not_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let started = Instant::now();
    let error = refusal(
        connect(Settings {
            ec2_metadata_service_endpoint: Some(url),
            ..no_keys(folder.path())
        })
        .await,
    );
    assert_eq!(error.class(), Class::NoCredentials);
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "{:?}: {error}",
        started.elapsed()
    );
}

#[tokio::test]
async fn a_profile_brings_keys_and_region() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("both");
    std::fs::write(
        &file,
        "[profile eu]\nregion = eu-west-1\naws_access_key_id = test\naws_secret_access_key = test\n",
    )
    .expect("a file");
    let session = connect(Settings {
        region: None,
        access_key: None,
        secret_key: None,
        profile: Some("eu".into()),
        shared_config_files: vec![file.display().to_string()],
        shared_credentials_files: vec![file.display().to_string()],
        ..settings("http://127.0.0.1:1")
    })
    .await
    .expect("the profile has all");
    // A region in the environment goes before the profile's.
    if std::env::var_os("AWS_REGION").is_none() && std::env::var_os("AWS_DEFAULT_REGION").is_none()
    {
        assert_eq!(session.region(), "eu-west-1");
    }
    assert_eq!(session.partition(), "aws");
    assert_eq!(session.in_region("cn-north-1").partition(), "aws-cn");
}

#[tokio::test]
async fn unusable_settings_are_refused_before_anything_is_sent() {
    let base = || settings("http://127.0.0.1:1");
    let with = |change: fn(&mut Settings)| {
        let mut changed = base();
        change(&mut changed);
        changed
    };
    for (changed, want) in [
        (
            with(|s| s.endpoints.set("dynamodb", "localhost:8000")),
            "the endpoint of dynamodb is not a URL such as http://localhost:8000: localhost:8000",
        ),
        (
            with(|s| {
                s.endpoints = Default::default();
                s.region = Some("nowhere".into());
            }),
            "invalid AWS Region: nowhere",
        ),
        (
            with(|s| s.secret_key = None),
            "no valid credential sources found: static credentials are incomplete: secret_key is not set",
        ),
        (
            with(|s| s.insecure = true),
            "skipping TLS verification is not supported: name the server's certificate authority \
             in custom_ca_bundle instead",
        ),
        (
            with(|s| s.custom_ca_bundle = Some("/nonexistent.pem".into())),
            "the certificate bundle /nonexistent.pem cannot be used: No such file or directory (os error 2)",
        ),
        (
            with(|s| {
                s.allowed_account_ids.insert("123456789012".into());
            }),
            "AWS account ID not allowed: ",
        ),
    ] {
        assert_eq!(refusal(connect(changed).await).to_string(), want);
    }
}

#[tokio::test]
async fn a_role_that_cannot_be_assumed_is_named() {
    let mut with_role = settings("http://127.0.0.1:1");
    with_role.assume_role.push(trueup_aws::AssumeRole {
        role_arn: "arn:aws:iam::123456789012:role/writer".into(),
        ..Default::default()
    });
    let error = refusal(connect(with_role).await);
    let text = error.to_string();
    assert!(
        text.starts_with("cannot assume IAM role arn:aws:iam::123456789012:role/writer: "),
        "{text}"
    );
}
