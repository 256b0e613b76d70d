//! A process that is killed in the middle of table changes leaves a store in which every table works.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use trueup_emulator::{Config, Emulator};

use crate::bed::ok;

/// Names the folder of the store to the process that is to be killed.
const FOLDER: &str = "TRUEUP_TEST_CRASH_FOLDER";
/// How often a process is killed. A hunt for rarer moments sets the variable.
const ROUNDS: (&str, u64) = ("TRUEUP_TEST_CRASH_ROUNDS", 15);
const TABLES: usize = 5;

fn open(folder: &Path) -> Emulator {
    Emulator::open(folder, Config::default()).expect("the store opens")
}

fn table(name: &str) -> Value {
    json!({
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "at", "AttributeType": "S"},
            {"AttributeName": "status", "AttributeType": "S"},
        ],
        "KeySchema": [
            {"AttributeName": "id", "KeyType": "HASH"},
            {"AttributeName": "at", "KeyType": "RANGE"},
        ],
        "GlobalSecondaryIndexes": [index("by_status")],
        "LocalSecondaryIndexes": [{
            "IndexName": "local",
            "KeySchema": [
                {"AttributeName": "id", "KeyType": "HASH"},
                {"AttributeName": "status", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }],
        "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "KEYS_ONLY"},
        "Tags": [{"Key": "team", "Value": "shop"}],
    })
}

fn index(name: &str) -> Value {
    json!({
        "IndexName": name,
        "KeySchema": [{"AttributeName": "status", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
        "OnDemandThroughput": {"MaxReadRequestUnits": 7, "MaxWriteRequestUnits": 7},
    })
}

fn index_update(name: &str, update: Value) -> Value {
    json!({
        "TableName": name,
        "AttributeDefinitions": [{"AttributeName": "status", "AttributeType": "S"}],
        "GlobalSecondaryIndexUpdates": [update],
    })
}

/// Says what is about to be asked, or was answered: the pipe outlives the process.
fn say(line: &str) {
    // One write: the lines of the tasks do not mix.
    let written = std::io::stdout().write_all(format!("\nSAID {line}\n").as_bytes());
    written.expect("the parent reads");
}

/// Runs in a process of its own until it is killed.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "the other side of a_killed_process_leaves_tables_that_work"]
async fn changes_tables_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let emulator = open(Path::new(&folder));
    let tasks = (0..TABLES).map(|number| {
        let emulator = emulator.clone();
        tokio::spawn(async move {
            let name = format!("orders-{number}");
            let create = json!({"Create": index("second")});
            let delete = json!({"Delete": {"IndexName": "second"}});
            loop {
                say(&format!("begin {name}"));
                ok(&emulator, "CreateTable", table(&name)).await;
                say(&format!("there {name}"));
                ok(
                    &emulator,
                    "UpdateTable",
                    index_update(&name, create.clone()),
                )
                .await;
                ok(
                    &emulator,
                    "UpdateTable",
                    index_update(&name, delete.clone()),
                )
                .await;
                say(&format!("begin {name}"));
                ok(&emulator, "DeleteTable", json!({"TableName": name})).await;
                say(&format!("gone {name}"));
            }
        })
    });
    futures::future::join_all(tasks).await;
}

/// What the killed process knew of each table: `begin`, `there` or `gone`. The
/// time runs from its first table: before it, the store itself is being made.
fn kill_after(folder: &Path, time: Duration) -> BTreeMap<String, String> {
    let program = std::env::current_exe().expect("the test knows its own path");
    let mut child = Command::new(program)
        .args(["--exact", "crash::changes_tables_until_killed"])
        .args(["--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("the test starts itself");
    let output = child.stdout.take().expect("the output is a pipe");
    let mut knew = BTreeMap::new();
    let mut running = true;
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        let words = line.strip_prefix("SAID ").and_then(|l| l.split_once(' '));
        let Some((state, name)) = words else { continue };
        knew.insert(name.to_owned(), state.to_owned());
        if running && state == "there" {
            running = false;
            std::thread::sleep(time);
            child.kill().expect("the process is there to be killed");
        }
    }
    assert!(
        !running,
        "the process ended before it had a table: {knew:?}"
    );
    child.wait().expect("the process has ended");
    knew
}

async fn check_table(emulator: &Emulator, name: &str) {
    let described = ok(emulator, "DescribeTable", json!({"TableName": name})).await;
    let described = &described["Table"];
    assert_eq!(described["TableStatus"], "ACTIVE", "{name}");
    assert_eq!(described["StreamSpecification"]["StreamEnabled"], true);
    let tags = json!({"ResourceArn": described["TableArn"]});
    let tags = ok(emulator, "ListTagsOfResource", tags).await;
    assert_eq!(tags["Tags"][0]["Value"], "shop", "{name}");
    let item = json!({"id": {"S": "a"}, "at": {"S": "1"}, "status": {"S": "new"}});
    let put = json!({"TransactItems": [{"Put": {"TableName": name, "Item": item}}]});
    ok(emulator, "TransactWriteItems", put).await;
    let keys = json!([{"id": {"S": "a"}, "at": {"S": "1"}}]);
    let get = json!({"RequestItems": {name: {"Keys": keys}}});
    let got = ok(emulator, "BatchGetItem", get).await;
    assert_eq!(got["Responses"][name][0], item);
    let global = described["GlobalSecondaryIndexes"]
        .as_array()
        .expect("every table has an index");
    for index in global {
        // Kept by another database than the index itself.
        assert_eq!(index["OnDemandThroughput"]["MaxReadRequestUnits"], 7);
        let query = json!({
            "TableName": name,
            "IndexName": index["IndexName"],
            "KeyConditionExpression": "#s = :s",
            "ExpressionAttributeNames": {"#s": "status"},
            "ExpressionAttributeValues": {":s": {"S": "new"}},
        });
        let found = ok(emulator, "Query", query).await;
        assert_eq!(found["Count"], 1, "{name} {index}");
    }
    let local = json!({
        "TableName": name,
        "IndexName": "local",
        "KeyConditionExpression": "id = :id",
        "ExpressionAttributeValues": {":id": {"S": "a"}},
    });
    assert_eq!(ok(emulator, "Query", local).await["Count"], 1, "{name}");
}

#[tokio::test]
async fn a_killed_process_leaves_tables_that_work() {
    let rounds = std::env::var(ROUNDS.0).ok().and_then(|n| n.parse().ok());
    for round in 0..rounds.unwrap_or(ROUNDS.1) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // Spread over the time in which a table comes and goes, in no order.
        let time = Duration::from_micros(round * 150_001 % 800_000);
        let knew = kill_after(folder.path(), time);
        let emulator = open(folder.path());
        let list = ok(&emulator, "ListTables", json!({})).await;
        let names: BTreeSet<String> = list["TableNames"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect();
        for (name, state) in &knew {
            let there = names.contains(name);
            let promised = match state.as_str() {
                "there" => there,
                "gone" => !there,
                _ => true,
            };
            assert!(promised, "round {round}: {name} is not {state}: {names:?}");
        }
        for name in &names {
            check_table(&emulator, name).await;
            ok(&emulator, "DeleteTable", json!({"TableName": name})).await;
        }
        for number in 0..TABLES {
            let name = format!("orders-{number}");
            ok(&emulator, "CreateTable", table(&name)).await;
            check_table(&emulator, &name).await;
        }
    }
}
