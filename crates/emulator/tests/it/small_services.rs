//! What holds for all small services: what was put is kept, and what is not offered is said.

use serde_json::json;
use trueup_emulator::{Config, Emulator};

use crate::bed::{KMS, SCALING, ask, dynamodb, memory, orders};
use crate::keys::key;
use crate::scaling::band;

#[tokio::test]
async fn what_was_put_outlives_the_process_and_stays_in_its_region() {
    let folder = tempfile::tempdir().expect("a folder");
    let id = {
        let emulator = Emulator::open(folder.path(), Config::default()).expect("it opens");
        ask(&emulator, &dynamodb("CreateTable", orders())).await;
        SCALING
            .good(&emulator, "RegisterScalableTarget", band(1, 5))
            .await;
        key(&emulator, json!({"Description": "kept"})).await
    };
    let emulator = Emulator::open(folder.path(), Config::default()).expect("it opens again");
    let found = KMS
        .good(&emulator, "DescribeKey", json!({"KeyId": id}))
        .await;
    assert_eq!(found["KeyMetadata"]["Description"], "kept");
    let found = SCALING
        .good(
            &emulator,
            "DescribeScalableTargets",
            json!({"ServiceNamespace": "dynamodb"}),
        )
        .await;
    assert_eq!(found["ScalableTargets"].as_array().map(Vec::len), Some(1));
    let elsewhere = KMS.request("eu-west-1", "DescribeKey", json!({"KeyId": id}));
    assert_eq!(
        ask(&emulator, &elsewhere).await.error(),
        "NotFoundException"
    );
}

#[tokio::test]
async fn what_is_not_offered_is_said() {
    let emulator = memory(0);
    for service in [KMS, SCALING] {
        service
            .refused(
                &emulator,
                "MakeCoffee",
                json!({}),
                "UnknownOperationException",
            )
            .await;
    }
    KMS.refused(&emulator, "CreateAlias", json!({}), "ValidationException")
        .await;
    SCALING
        .refused(
            &emulator,
            "DescribeScalableTargets",
            json!({}),
            "ValidationException",
        )
        .await;
}
