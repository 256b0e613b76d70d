//! Over the network, against a server that hears what is sent: credentials, roles, proxies, headers.
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use trueup_aws::{AssumeRole, AssumeRoleWithWebIdentity, Error, Session, Settings, Transport};

/// One request as it was heard.
#[derive(Clone, Debug, Default)]
struct Heard {
    line: String,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Heard {
    /// A field of a form's body, decoded as far as these tests need it.
    fn field(&self, name: &str) -> Option<String> {
        let pairs = self.body.split('&').filter_map(|pair| pair.split_once('='));
        let decoded = |text: &str| {
            text.replace("%3A", ":")
                .replace("%2F", "/")
                .replace("%20", " ")
        };
        pairs
            .filter(|(key, _)| *key == name)
            .map(|(_, value)| decoded(value))
            .next()
    }

    /// Access key, region and service of the signature.
    fn scope(&self) -> (String, String, String) {
        let header = self.headers.get("authorization").cloned();
        let header = header.unwrap_or_default();
        let scope = header.split("Credential=").nth(1).unwrap_or_default();
        let parts: Vec<&str> = scope.split(['/', ',']).collect();
        let part = |n: usize| parts.get(n).unwrap_or(&"").to_string();
        (part(0), part(2), part(3))
    }
}

/// What is answered: status and body.
type Said = (u16, String);

/// A server on loopback.
struct Ear {
    url: String,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Ear {
    async fn open(answer: impl Fn(&Heard) -> Said + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let (notes, answer) = (Arc::clone(&heard), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, Arc::clone(&notes), Arc::clone(&answer)));
            }
        });
        Self { url, heard }
    }

    fn heard(&self) -> Vec<Heard> {
        self.heard.lock().expect("no panic").clone()
    }

    /// The only request for this operation.
    fn of(&self, sign: &str) -> Heard {
        let found = self.heard().into_iter().find(|heard| {
            heard.body.contains(sign)
                || heard.line.contains(sign)
                || heard.headers.values().any(|value| value.contains(sign))
        });
        found.unwrap_or_else(|| panic!("no {sign} in {:?}", self.heard()))
    }
}

async fn serve(
    mut socket: TcpStream,
    notes: Arc<Mutex<Vec<Heard>>>,
    answer: Arc<impl Fn(&Heard) -> Said + Send + Sync + 'static>,
) {
    let mut buffer = Vec::new();
    loop {
        let (head, rest) = loop {
            if let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                let rest = buffer.split_off(at + 4);
                break (String::from_utf8_lossy(&buffer).into_owned(), rest);
            }
            let mut some = [0; 4096];
            match socket.read(&mut some).await {
                Ok(count) if count > 0 => buffer.extend_from_slice(&some[..count]),
                _ => return,
            }
        };
        buffer = rest;
        let mut lines = head.split("\r\n");
        let mut heard = Heard {
            line: lines.next().unwrap_or_default().to_owned(),
            ..Heard::default()
        };
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            heard
                .headers
                .insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        let length = heard.headers.get("content-length");
        let length: usize = length.and_then(|n| n.parse().ok()).unwrap_or(0);
        while buffer.len() < length {
            let mut some = [0; 4096];
            match socket.read(&mut some).await {
                Ok(count) if count > 0 => buffer.extend_from_slice(&some[..count]),
                _ => return,
            }
        }
        let rest = buffer.split_off(length);
        heard.body = String::from_utf8_lossy(&buffer).into_owned();
        buffer = rest;
        let (status, body) = answer(&heard);
        notes.lock().expect("no panic").push(heard);
        let ttl = "x-aws-ec2-metadata-token-ttl-seconds: 600";
        let text = format!(
            "HTTP/1.1 {status} said\r\ncontent-length: {}\r\n{ttl}\r\n\r\n{body}",
            body.len()
        );
        if socket.write_all(text.as_bytes()).await.is_err() {
            return;
        }
    }
}

fn credentials_of(operation: &str, key: &str) -> String {
    format!(
        "<{operation}Response><{operation}Result><Credentials><AccessKeyId>{key}</AccessKeyId>\
         <SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>\
         <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></{operation}Result></{operation}Response>"
    )
}

fn caller(account: &str) -> String {
    format!(
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::{account}:user/a</Arn>\
         <UserId>A</UserId><Account>{account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
    )
}

/// AWS as far as these tests ask it; each role's key is its last word.
fn aws(heard: &Heard) -> Said {
    let role = heard.field("RoleArn").unwrap_or_default();
    let key = role.rsplit('/').next().unwrap_or_default().to_owned();
    match heard.field("Action").as_deref() {
        Some(operation @ ("AssumeRole" | "AssumeRoleWithWebIdentity")) => {
            (200, credentials_of(operation, &key))
        }
        Some("GetCallerIdentity") => (200, caller("123456789012")),
        _ if heard.headers.contains_key("x-amz-target") => (
            200,
            "{\"TableNames\":[],\"Table\":{\"TableName\":\"orders\"}}".to_owned(),
        ),
        _ => (404, String::new()),
    }
}

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

#[tokio::test]
async fn another_region_keeps_endpoint_and_keys_and_signs_for_itself() {
    let ear = Ear::open(aws).await;
    let session = connect(Settings {
        user_agent: vec!["orders/1.0".into(), "(team a)".into()],
        ..settings(&ear.url)
    })
    .await
    .expect("connected");
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
    let session = connect(Settings {
        assume_role: vec![first, AssumeRole::default(), role("second")],
        sts_region: Some("us-west-2".into()),
        ..settings(&ear.url)
    })
    .await
    .expect("connected");
    session
        .dynamodb()
        .describe_table("orders")
        .await
        .expect("answered");
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
    let session = connect(Settings {
        assume_role_with_web_identity: Some(AssumeRoleWithWebIdentity {
            role_arn: role("web").role_arn,
            session_name: Some("job".into()),
            web_identity_token_file: Some(token.display().to_string()),
            ..AssumeRoleWithWebIdentity::default()
        }),
        assume_role: vec![role("writer")],
        ..settings(&ear.url)
    })
    .await
    .expect("connected");
    session
        .dynamodb()
        .describe_table("orders")
        .await
        .expect("answered");
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
    let session = connect(Settings {
        http_proxy: Some(http.url.clone()),
        https_proxy: Some(https.url.clone()),
        no_proxy: Some("127.0.0.1".into()),
        max_retries: Some(1),
        ..settings("http://dynamodb.example")
    })
    .await
    .expect("connected");
    session
        .dynamodb()
        .describe_table("orders")
        .await
        .expect("answered");
    assert!(
        http.heard()[0]
            .line
            .starts_with("POST http://dynamodb.example")
    );
    let secure = connect(Settings {
        http_proxy: Some(http.url.clone()),
        https_proxy: Some(https.url.clone()),
        max_retries: Some(1),
        ..settings("https://dynamodb.example")
    })
    .await
    .expect("connected");
    assert!(secure.dynamodb().describe_table("orders").await.is_err());
    assert_eq!(
        https.heard()[0].line,
        "CONNECT dynamodb.example:443 HTTP/1.1"
    );
    // This host needs no rule.
    let direct = Ear::open(aws).await;
    let past = connect(Settings {
        http_proxy: Some(http.url.clone()),
        ..settings(&direct.url)
    })
    .await
    .expect("connected");
    past.dynamodb()
        .describe_table("orders")
        .await
        .expect("answered");
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
    let session = connect(Settings {
        region: None,
        access_key: None,
        secret_key: None,
        shared_config_files: files.clone(),
        shared_credentials_files: files,
        ec2_metadata_service_endpoint: Some(ear.url.clone()),
        ..settings(&ear.url)
    })
    .await
    .expect("connected");
    assert_eq!(session.region(), "eu-west-1");
    session
        .dynamodb()
        .describe_table("orders")
        .await
        .expect("answered");
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
    let session = connect(Settings {
        access_key: None,
        secret_key: None,
        profile: Some("second".into()),
        shared_config_files: vec![file("config", "[profile second]\nregion = us-west-2\n")],
        shared_credentials_files: vec![file("one", &keys("first")), file("two", &keys("second"))],
        ..settings(&ear.url)
    })
    .await
    .expect("connected");
    session
        .dynamodb()
        .describe_table("orders")
        .await
        .expect("answered");
    assert_eq!(ear.of("DescribeTable").scope().0, "of-second");
}

#[tokio::test]
async fn a_quota_ends_repetitions_early() {
    let attempts = async |capacity: Option<u32>| {
        let ear = Ear::open(|_: &Heard| (500, "{}".to_owned())).await;
        let session = connect(Settings {
            token_bucket_capacity: capacity,
            max_retries: Some(8),
            ..settings(&ear.url)
        })
        .await
        .expect("connected");
        let dynamodb = session.dynamodb();
        dynamodb.describe_table("orders").await.expect_err("500");
        ear.heard().len()
    };
    assert_eq!(attempts(None).await, 8);
    assert_eq!(attempts(Some(0)).await, 8);
    let few = attempts(Some(20)).await;
    assert!((1..8).contains(&few), "{few}");
}
