//! The embedded AWS over the network, as any other.
use bytes::Bytes;
use trueup_aws::s3::{CreateBucket, PutObject};
use trueup_aws::{Session, Settings, Transport};
use trueup_emulator::{Config, Emulator};

use crate::bed::{orders, put};
use crate::words;

#[tokio::test]
async fn the_same_over_the_network() {
    let emulator = Emulator::in_memory(Config::default()).expect("a store in memory");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let stop = tokio_util::sync::CancellationToken::new();
    let server = tokio::spawn(trueup_emulator::serve::serve(
        emulator,
        listener,
        stop.clone(),
    ));
    let mut settings = Settings {
        region: Some("eu-west-1".into()),
        access_key: Some("test".into()),
        secret_key: Some("test".into()),
        use_path_style: true,
        https_proxy: Some(String::new()),
        ..Settings::default()
    };
    for service in ["dynamodb", "s3", "sts", "kms"] {
        settings.endpoints.set(service, url.as_str());
    }
    settings.assume_role.push(trueup_aws::AssumeRole {
        role_arn: "arn:aws:iam::123456789012:role/writer".into(),
        tags: words(&[("team", "red")]),
        ..Default::default()
    });
    let session = Session::connect(settings, Transport::default())
        .await
        .expect("the server is there");
    assert_eq!(
        session.account_id().await.expect("known").as_deref(),
        Some("123456789012")
    );
    let db = session.dynamodb();
    db.create_table(orders()).await.expect("a table");
    db.put_item(put("a", "new")).await.expect("put");
    let table = db.describe_table("orders").await.expect("a table");
    assert!(table.arn.contains(":eu-west-1:"), "{}", table.arn);
    let s3 = session.s3();
    s3.create_bucket(CreateBucket {
        bucket: "states".into(),
        ..CreateBucket::default()
    })
    .await
    .expect("a bucket");
    s3.put_object(PutObject {
        bucket: "states".into(),
        key: "app.tfstate".into(),
        body: Bytes::from_static(b"{}"),
        content_md5: Some("mZFLkyvTelC5g8XnyQrpOw==".into()),
        checksum_sha256: Some("RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=".into()),
        ..PutObject::default()
    })
    .await
    .expect("an object");
    let key = session.kms().describe_key("alias/aws/dynamodb").await;
    assert!(key.expect("a key").arn.contains(":eu-west-1:"));
    stop.cancel();
    server.await.expect("no panic").expect("served");
}
