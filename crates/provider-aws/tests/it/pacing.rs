//! Limits of AWS are waited for: what refuses now and will not refuse for long is asked again.

use serde_json::json;
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::ApplyOutcome;

use crate::bed::{Bed, bed, errors};

const KIND: &str = "aws_dynamodb_table";

fn table(edits: &[(&str, serde_json::Value)]) -> serde_json::Value {
    let mut table = json!({
        "name": "orders", "billing_mode": "PROVISIONED", "hash_key": "pk",
        "read_capacity": 1, "write_capacity": 1,
        "attribute": [{"name": "pk", "type": "S"}],
        "tags": {"team": "core", "old": "yes"},
    });
    for (name, value) in edits {
        table[*name] = value.clone();
    }
    table
}

fn refuse(bed: &Bed, operation: &str, times: u32, code: &str, message: &str) {
    let fault = Fault::FailBefore {
        status: 400,
        code: code.to_owned(),
        message: message.to_owned(),
    };
    let rule = Rule::next(Service::DynamoDb, operation, times, fault);
    bed.emulator.faults().add(rule);
}

const SIMULTANEOUS: (&str, &str) = (
    "LimitExceededException",
    "Subscriber limit exceeded: There is a limit of 500 tables that can be created, updated, or deleted simultaneously",
);
const IN_USE: (&str, &str) = (
    "ResourceInUseException",
    "Attempt to change a resource which is still in use: Table is being updated: orders",
);
const THROTTLED: (&str, &str) = ("ThrottlingException", "Rate exceeded");

#[tokio::test]
async fn every_change_waits_for_its_turn() {
    for (operation, (code, message)) in [
        ("CreateTable", SIMULTANEOUS),
        ("CreateTable", THROTTLED),
        ("UpdateTable", SIMULTANEOUS),
        ("UpdateTable", IN_USE),
        ("UpdateTable", THROTTLED),
        ("UpdateTimeToLive", IN_USE),
        ("UpdateTimeToLive", SIMULTANEOUS),
        ("UpdateContinuousBackups", IN_USE),
        (
            "UpdateContinuousBackups",
            (
                "ContinuousBackupsUnavailableException",
                "Backups are being enabled",
            ),
        ),
        ("TagResource", IN_USE),
        ("TagResource", THROTTLED),
        ("UntagResource", SIMULTANEOUS),
        ("DeleteTable", SIMULTANEOUS),
        ("DeleteTable", IN_USE),
    ] {
        let bed = bed().await;
        let case = format!("{operation} {code}");
        if operation == "CreateTable" {
            refuse(&bed, operation, 3, code, message);
        }
        let made = bed.apply(KIND, None, &table(&[])).await;
        if operation != "CreateTable" {
            refuse(&bed, operation, 3, code, message);
        }
        let changed = table(&[
            ("read_capacity", json!(5)),
            ("tags", json!({"team": "events", "new": "yes"})),
            (
                "ttl",
                json!([{"attribute_name": "expires", "enabled": true}]),
            ),
            ("point_in_time_recovery", json!([{"enabled": true}])),
        ]);
        let changed = bed.apply(KIND, Some(&made), &changed).await;
        bed.delete(KIND, &changed).await;
        let sent = bed.sent()[operation];
        assert!(sent >= 4, "{case}: {sent} calls");
    }
}

#[tokio::test]
async fn what_will_not_pass_is_not_waited_for() {
    for (code, message) in [
        (
            "ValidationException",
            "One or more parameter values were invalid",
        ),
        ("ResourceInUseException", "Table already exists: orders"),
    ] {
        let bed = bed().await;
        refuse(&bed, "CreateTable", 100, code, message);
        let (outcome, _) = bed.try_apply(KIND, None, Some(&table(&[]))).await;
        let ApplyOutcome::Failed(None, problems) = outcome else {
            panic!("{code}: {outcome:?}");
        };
        assert!(errors(&problems)[0].contains(message), "{problems:?}");
        assert_eq!(bed.sent()["CreateTable"], 1, "{code}");
    }
}

#[tokio::test]
async fn one_table_is_changed_by_one_step_at_a_time() {
    let bed = bed().await;
    let made = bed.apply(KIND, None, &table(&[])).await;
    let to = |read: i64| table(&[("read_capacity", json!(read))]);
    let (five, seven) = (to(5), to(7));
    let (first, second) = futures::join!(
        bed.try_apply(KIND, Some(&made), Some(&five)),
        bed.try_apply(KIND, Some(&made), Some(&seven)),
    );
    for (outcome, _) in [first, second] {
        assert!(
            matches!(outcome, ApplyOutcome::Done(Some(_), _)),
            "{outcome:?}"
        );
    }
    // Nothing was refused because the other change was under way.
    assert_eq!(bed.sent()["UpdateTable"], 2);
}
