//! What was changed outside is said by `drift`, and put right by `apply`.

use serde_json::json;
use trueup_testkit::Project;

use crate::{
    bed::{LOCAL_APPLY, LOCAL_PLAN, serve, trueup},
    tables::many_items,
};

#[test]
fn a_change_outside_is_drift_until_it_is_put_right() {
    let project = Project::with(&many_items(3));
    let served = serve(&project);
    let program = trueup(&project);
    program.run(&LOCAL_APPLY).expect_code(0);
    program.run(&["-local", "drift"]).expect_code(0);
    let wanted = served.items("orders");

    let changed = json!({
        "TableName": "orders",
        "Item": { "id": { "S": "order-1" }, "total": { "N": "1000" } },
    });
    served.dynamodb("us-east-1", "PutItem", &changed);
    served.dynamodb(
        "us-east-1",
        "DeleteItem",
        &json!({
            "TableName": "orders",
            "Key": { "id": { "S": "order-2" } },
        }),
    );
    let told = program.run(&["-local", "drift"]).expect_code(2);
    // The lines before it say what was read.
    let (_, report) = told.stdout.split_once("Changed outside").expect("a report");
    for (address, is_told) in [("order[0]", false), ("order[1]", true), ("order[2]", true)] {
        let said = report.contains(&format!("aws_dynamodb_table_item.{address}"));
        assert!(said == is_told, "{address}\n{}", told.report());
    }
    program.run(&LOCAL_PLAN).expect_code(2);

    program.run(&LOCAL_APPLY).expect_code(0);
    assert_eq!(served.items("orders"), wanted);
    program.run(&["-local", "drift"]).expect_code(0);
}
