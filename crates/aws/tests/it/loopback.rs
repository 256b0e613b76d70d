//! Over the network, against a server that hears what is sent: credentials, roles, proxies, headers.
use std::time::Duration;

use trueup_aws::{AssumeRole, AssumeRoleWithWebIdentity, Error, Session, Settings, Transport};

use crate::ear::{Ear, Heard, aws};

fn settings(url: &str) -> Settings {
    let mut settings = Settings {
        region: Some("eu-west-1".into()),
        access_key: Some("own".into()),
        secret_key: Some("test".into()),
        skip_credentials_validation: true,
        skip_requesting_account_id: true,
        https_proxy: Some(String::new()),
        ..Settings::default()
    };
    for service in ["dynamodb", "sts", "kms"] {
        settings.endpoints.set(service, url);
    }
    settings
}

async fn connect(settings: Settings) -> Result<Session, Error> {
    let transport = Transport {
        initial_backoff: Some(Duration::from_millis(1)),
        ..Transport::default()
    };
    Session::connect(settings, transport).await
}

fn role(name: &str) -> AssumeRole {
    AssumeRole {
        role_arn: format!("arn:aws:iam::123456789012:role/{name}"),
        ..AssumeRole::default()
    }
}

async fn connected(settings: Settings) -> Session {
    connect(settings).await.expect("connected")
}

/// Sends a call of DynamoDB's.
async fn describe(session: &Session) {
    let dynamodb = session.dynamodb();
    dynamodb.describe_table("orders").await.expect("answered");
}

#[tokio::test]
async fn another_region_keeps_endpoint_and_keys_and_signs_for_itself() {
    let ear = Ear::open(aws).await;
    let session = connected(Settings {
        user_agent: vec!["orders/1.0".into(), "(team a)".into()],
        ..settings(&ear.url)
    })
    .await;
    for region in ["eu-west-1", "us-east-1"] {
        let there = session.in_region(region).dynamodb();
        there.describe_table("orders").await.expect("answered");
    }
    let heard = ear.heard();
    let scope = |n: usize| heard[n].scope();
    assert_eq!(
        scope(0),
        ("own".into(), "eu-west-1".into(), "dynamodb".into())
    );
    assert_eq!(
        scope(1),
        ("own".into(), "us-east-1".into(), "dynamodb".into())
    );
    for heard in heard {
        let agent = &heard.headers["user-agent"];
        assert!(agent.ends_with(" orders/1.0 (team a)"), "{agent}");
    }
}

#[tokio::test]
async fn roles_are_assumed_in_order_with_everything_that_is_said() {
    let ear = Ear::open(aws).await;
    let first = AssumeRole {
        session_name: Some("deploy".into()),
        external_id: Some("partner".into()),
        duration: Some(Duration::from_secs(1800)),
        policy: Some("{}".into()),
        policy_arns: ["arn:aws:iam::aws:policy/ReadOnly".to_owned()].into(),
        source_identity: Some("ada".into()),
        tags: [("team".to_owned(), "core".to_owned())].into(),
        transitive_tag_keys: ["team".to_owned()].into(),
        ..role("first")
    };
    let session = connected(Settings {
        assume_role: vec![first, AssumeRole::default(), role("second")],
        sts_region: Some("us-west-2".into()),
        ..settings(&ear.url)
    })
    .await;
    describe(&session).await;
    let asked = ear.of("role%2Ffirst");
    assert_eq!(asked.scope().0, "own");
    assert_eq!(asked.scope().1, "us-west-2");
    for (name, value) in [
        ("RoleSessionName", "deploy"),
        ("ExternalId", "partner"),
        ("DurationSeconds", "1800"),
        ("Policy", "%7B%7D"),
        (
            "PolicyArns.member.1.arn",
            "arn:aws:iam::aws:policy/ReadOnly",
        ),
        ("SourceIdentity", "ada"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "core"),
        ("TransitiveTagKeys.member.1", "team"),
    ] {
        assert_eq!(asked.field(name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(ear.of("role%2Fsecond").scope().0, "first");
    assert_eq!(ear.of("DescribeTable").scope().0, "second");
}

#[tokio::test]
async fn a_web_identity_is_read_from_its_file_and_comes_before_other_roles() {
    let ear = Ear::open(aws).await;
    let folder = tempfile::tempdir().expect("a folder");
    let token = folder.path().join("token");
    std::fs::write(&token, "from-the-file\n").expect("a file");
    let session = connected(Settings {
        assume_role_with_web_identity: Some(AssumeRoleWithWebIdentity {
            role_arn: role("web").role_arn,
            session_name: Some("job".into()),
            web_identity_token_file: Some(token.display().to_string()),
            ..AssumeRoleWithWebIdentity::default()
        }),
        assume_role: vec![role("writer")],
        ..settings(&ear.url)
    })
    .await;
    describe(&session).await;
    let asked = ear.of("AssumeRoleWithWebIdentity");
    assert_eq!(
        asked.field("WebIdentityToken").as_deref(),
        Some("from-the-file")
    );
    assert_eq!(asked.field("RoleSessionName").as_deref(), Some("job"));
    assert_eq!(ear.of("role%2Fwriter").scope().0, "web");
    assert_eq!(ear.of("DescribeTable").scope().0, "writer");
}

#[tokio::test]
async fn accounts_are_held_against_the_lists() {
    for (allowed, forbidden, fine) in [
        (vec![], vec![], true),
        (vec!["123456789012"], vec![], true),
        (vec!["210987654321"], vec![], false),
        (vec![], vec!["123456789012"], false),
        (vec![], vec!["210987654321"], true),
    ] {
        let ear = Ear::open(aws).await;
        let of = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        let outcome = connect(Settings {
            skip_credentials_validation: false,
            skip_requesting_account_id: false,
            allowed_account_ids: of(&allowed),
            forbidden_account_ids: of(&forbidden),
            ..settings(&ear.url)
        })
        .await;
        match outcome {
            Ok(_) => assert!(fine, "{allowed:?} {forbidden:?}"),
            Err(error) => {
                assert!(!fine, "{error}");
                assert_eq!(
                    error.to_string(),
                    "AWS account ID not allowed: 123456789012"
                );
            }
        }
        assert_eq!(ear.heard().len(), 1, "who we are is asked once");
    }
}

#[tokio::test]
async fn each_scheme_goes_through_its_proxy() {
    let (http, https) = (Ear::open(aws).await, Ear::open(aws).await);
    let session = connected(Settings {
        http_proxy: Some(http.url.clone()),
        https_proxy: Some(https.url.clone()),
        no_proxy: Some("127.0.0.1".into()),
        max_retries: Some(1),
        ..settings("http://dynamodb.example")
    })
    .await;
    describe(&session).await;
    assert!(
        http.heard()[0]
            .line
            .starts_with("POST http://dynamodb.example")
    );
    let secure = connected(Settings {
        http_proxy: Some(http.url.clone()),
        https_proxy: Some(https.url.clone()),
        max_retries: Some(1),
        ..settings("https://dynamodb.example")
    })
    .await;
    assert!(secure.dynamodb().describe_table("orders").await.is_err());
    assert_eq!(
        https.heard()[0].line,
        "CONNECT dynamodb.example:443 HTTP/1.1"
    );
    // This host needs no rule.
    let direct = Ear::open(aws).await;
    let past = connected(Settings {
        http_proxy: Some(http.url.clone()),
        ..settings(&direct.url)
    })
    .await;
    describe(&past).await;
    assert_eq!((http.heard().len(), direct.heard().len()), (1, 1));
}

#[tokio::test]
async fn an_instance_brings_its_role_and_its_region() {
    let ear = Ear::open(|heard: &Heard| {
        let path = heard.line.split(' ').nth(1).unwrap_or_default();
        match path {
            "/latest/api/token" => (200, "metadata".to_owned()),
            "/latest/meta-data/placement/region" => (200, "eu-west-1".to_owned()),
            "/latest/meta-data/iam/security-credentials/" => (200, "host".to_owned()),
            "/latest/meta-data/iam/security-credentials/host" => (
                200,
                "{\"Code\":\"Success\",\"AccessKeyId\":\"instance\",\"SecretAccessKey\":\"s\",\"Token\":\"t\",\"Expiration\":\"2099-01-01T00:00:00Z\"}".to_owned(),
            ),
            _ => aws(heard),
        }
    })
    .await;
    let folder = tempfile::tempdir().expect("a folder");
    let empty = folder.path().join("empty");
    std::fs::write(&empty, "[default]\n").expect("a file");
    let files = vec![empty.display().to_string()];
    let outside = [
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_ACCESS_KEY_ID",
        "AWS_EC2_METADATA_DISABLED",
    ];
    if outside.iter().any(|name| std::env::var_os(name).is_some()) {
        return;
    }
    let session = connected(Settings {
        region: None,
        access_key: None,
        secret_key: None,
        shared_config_files: files.clone(),
        shared_credentials_files: files,
        ec2_metadata_service_endpoint: Some(ear.url.clone()),
        ..settings(&ear.url)
    })
    .await;
    assert_eq!(session.region(), "eu-west-1");
    describe(&session).await;
    assert_eq!(ear.of("DescribeTable").scope().0, "instance");
}

#[tokio::test]
async fn later_files_of_a_list_add_profiles() {
    let ear = Ear::open(aws).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    };
    let keys = |profile: &str| {
        format!("[{profile}]\naws_access_key_id = of-{profile}\naws_secret_access_key = s\n")
    };
    let session = connected(Settings {
        access_key: None,
        secret_key: None,
        profile: Some("second".into()),
        shared_config_files: vec![file("config", "[profile second]\nregion = us-west-2\n")],
        shared_credentials_files: vec![file("one", &keys("first")), file("two", &keys("second"))],
        ..settings(&ear.url)
    })
    .await;
    describe(&session).await;
    assert_eq!(ear.of("DescribeTable").scope().0, "of-second");
}

#[tokio::test]
async fn a_quota_ends_repetitions_early() {
    let attempts = async |capacity: Option<u32>| {
        let ear = Ear::open(|_: &Heard| (500, "{}".to_owned())).await;
        let session = connected(Settings {
            token_bucket_capacity: capacity,
            max_retries: Some(8),
            ..settings(&ear.url)
        })
        .await;
        let dynamodb = session.dynamodb();
        dynamodb.describe_table("orders").await.expect_err("500");
        ear.heard().len()
    };
    assert_eq!(attempts(None).await, 8);
    assert_eq!(attempts(Some(0)).await, 8);
    let few = attempts(Some(20)).await;
    assert!((1..8).contains(&few), "{few}");
}
