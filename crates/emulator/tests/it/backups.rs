//! Backups: made, listed, kept when their table is gone, restored from, deleted.

use serde_json::{Value, json};
use trueup_emulator::{Config, Emulator};

use crate::bed::{memory, ok, orders, refused};

async fn back_up(emulator: &Emulator, name: &str) -> String {
    let made = ok(
        emulator,
        "CreateBackup",
        json!({"TableName": "orders", "BackupName": name}),
    )
    .await;
    assert_eq!(made["BackupDetails"]["BackupStatus"], "CREATING");
    let arn = made["BackupDetails"]["BackupArn"].as_str();
    arn.expect("an ARN").to_owned()
}

#[tokio::test]
async fn a_backup_outlives_its_table_and_the_process_and_is_restored_from() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let open = || Emulator::open(folder.path(), Config::default()).expect("the store opens");
    let emulator = open();
    ok(&emulator, "CreateTable", orders()).await;
    let key = orders()["KeySchema"][0]["AttributeName"].clone();
    let key = key.as_str().expect("a key").to_owned();
    for n in 0..60 {
        let item = json!({key.as_str(): {"S": format!("o-{n}")}, "total": {"N": "1"}});
        ok(
            &emulator,
            "PutItem",
            json!({"TableName": "orders", "Item": item}),
        )
        .await;
    }
    let arn = back_up(&emulator, "nightly").await;
    assert!(arn.starts_with("arn:aws:dynamodb:us-east-1:123456789012:table/orders/backup/0"));
    ok(&emulator, "DeleteTable", json!({"TableName": "orders"})).await;
    drop(emulator);
    let emulator = open();
    let described = ok(&emulator, "DescribeBackup", json!({"BackupArn": arn})).await;
    let described = &described["BackupDescription"];
    assert_eq!(described["BackupDetails"]["BackupStatus"], "AVAILABLE");
    assert_eq!(described["SourceTableDetails"]["ItemCount"], 60);
    let restored = ok(
        &emulator,
        "RestoreTableFromBackup",
        json!({"BackupArn": arn, "TargetTableName": "events"}),
    )
    .await;
    assert_eq!(restored["TableDescription"]["TableStatus"], "CREATING");
    let table = ok(&emulator, "DescribeTable", json!({"TableName": "events"})).await;
    let table = &table["Table"];
    assert_eq!(table["RestoreSummary"]["SourceBackupArn"], arn.as_str());
    assert_eq!(table["RestoreSummary"]["RestoreInProgress"], false);
    assert_eq!(table["KeySchema"], orders()["KeySchema"]);
    let items = ok(&emulator, "Scan", json!({"TableName": "events"})).await;
    assert_eq!(items["Count"], 60);
    refused(
        &emulator,
        "RestoreTableFromBackup",
        json!({"BackupArn": arn, "TargetTableName": "events"}),
        "TableAlreadyExistsException",
    )
    .await;
    let gone = ok(&emulator, "DeleteBackup", json!({"BackupArn": arn})).await;
    let status = &gone["BackupDescription"]["BackupDetails"]["BackupStatus"];
    assert_eq!(status, "DELETED");
    for operation in ["DescribeBackup", "DeleteBackup"] {
        let body = json!({"BackupArn": arn});
        refused(&emulator, operation, body, "BackupNotFoundException").await;
    }
}

#[tokio::test]
async fn backups_are_listed_page_by_page_and_by_table() {
    let emulator = memory(0);
    ok(&emulator, "CreateTable", orders()).await;
    for name in ["first", "second", "third"] {
        back_up(&emulator, name).await;
    }
    let page = ok(&emulator, "ListBackups", json!({"Limit": 2})).await;
    let names = |page: &Value| -> Vec<String> {
        let summaries = page["BackupSummaries"].as_array().cloned();
        let name = |one: Value| one["BackupName"].as_str().unwrap_or_default().to_owned();
        summaries
            .unwrap_or_default()
            .into_iter()
            .map(name)
            .collect()
    };
    assert_eq!(names(&page).len(), 2);
    let rest = ok(
        &emulator,
        "ListBackups",
        json!({"ExclusiveStartBackupArn": page["LastEvaluatedBackupArn"]}),
    )
    .await;
    assert_eq!(names(&rest).len(), 1);
    assert_eq!(rest.get("LastEvaluatedBackupArn"), None);
    let none = ok(&emulator, "ListBackups", json!({"TableName": "events"})).await;
    assert!(names(&none).is_empty());
    let none = ok(&emulator, "ListBackups", json!({"BackupType": "SYSTEM"})).await;
    assert!(names(&none).is_empty());
    let past = json!({"TimeRangeUpperBound": 1_000_000});
    assert!(names(&ok(&emulator, "ListBackups", past).await).is_empty());
    let body = json!({"TableName": "events", "BackupName": "nightly"});
    refused(&emulator, "CreateBackup", body, "TableNotFoundException").await;
    let body = json!({"TableName": "orders", "BackupName": "a b"});
    refused(&emulator, "CreateBackup", body, "ValidationException").await;
}
