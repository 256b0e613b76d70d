//! Objects taken in with blocks that were written for them: the plan that follows is empty, for every type that can be
//! made without another account, and for whole tables with their items.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::Value;
use trueup_testkit::{Case, Program, Project, cases};

use crate::bed::{LOCAL_APPLY, LOCAL_PLAN, actions, json as said, root, serve, trueup};
use crate::tables::PROVIDER;

/// The id by which an object of the state is imported, as the provider's documentation says for its type. One of
/// another region than the provider's is named with it.
fn import_id(resource: &Value) -> String {
    let text = |name: &str| {
        resource["values"][name]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let id = match resource["type"].as_str().unwrap_or_default() {
        "aws_appautoscaling_target" => format!(
            "{}/{}/{}",
            text("service_namespace"),
            text("resource_id"),
            text("scalable_dimension")
        ),
        "aws_appautoscaling_policy" => format!(
            "{}/{}/{}/{}",
            text("service_namespace"),
            text("resource_id"),
            text("scalable_dimension"),
            text("name")
        ),
        "aws_dynamodb_global_secondary_index" => {
            format!("{},{}", text("table_name"), text("index_name"))
        }
        "aws_dynamodb_table_export" => text("arn"),
        "aws_iam_role_policy_attachment" => format!("{}/{}", text("role"), text("policy_arn")),
        "aws_kinesis_stream" => text("name"),
        "aws_s3_object" => format!("{}/{}", text("bucket"), text("key")),
        _ => text("id"),
    };
    match text("region").as_str() {
        "" | "us-east-1" => id,
        region => format!("{id}@{region}"),
    }
}

/// Plans with blocks written to `written.tf`, and answers what the plan does beside taking in.
fn planned(program: &Program, flags: &[&str]) -> Result<Value, String> {
    let mut arguments = vec![
        "-local",
        "plan",
        "-generate-config-out=written.tf",
        "-out=p",
    ];
    arguments.extend(flags);
    program.run(&arguments).with_code(0)?;
    said(&program.run(&["-local", "show", "-json", "p"]))
}

/// The types that a configuration makes.
type Seen = BTreeSet<String>;

/// Makes what a case says, forgets what its `main.tf` made, takes that in with blocks that are written for it, and
/// wants nothing to be left to do. What stands in `kept.tf` stays as it is.
fn taken_in_anew(case: &Case) -> Result<Seen, String> {
    let project = Project::new();
    project.write("provider.tf", PROVIDER);
    project.lay_over(&case.folder, &[]);
    let kept = project.read("kept.tf").unwrap_or_default();
    let program = trueup(&project);
    program.run(&LOCAL_APPLY).with_code(0)?;
    let state = said(&program.run(&["-local", "show", "-json"]))?;
    let resources = state["values"]["root_module"]["resources"].as_array();
    let resources = resources.cloned().ok_or("no resources")?;
    let mut seen = Seen::new();
    let mut main = String::new();
    let mut count = 0;
    let mut forgotten = vec!["-local".to_owned(), "state".to_owned(), "rm".to_owned()];
    for (number, resource) in resources.iter().enumerate() {
        let kind = resource["type"].as_str().unwrap_or_default();
        seen.insert(kind.to_owned());
        let name = resource["name"].as_str().unwrap_or_default();
        if kept.contains(&format!("{kind:?} {name:?}")) {
            continue;
        }
        count += 1;
        forgotten.push(resource["address"].as_str().unwrap_or_default().to_owned());
        // Blocks are written for addresses without keys.
        let id = import_id(resource);
        main.push_str(&format!(
            "\nimport {{\n  to = {kind}.{name}_{number}\n  id = {id:?}\n}}\n"
        ));
    }
    let forgotten: Vec<&str> = forgotten.iter().map(String::as_str).collect();
    program.run(&forgotten).with_code(0)?;
    project.write("main.tf", &main);
    let plan = planned(&program, &[])?;
    if !actions(&plan).is_empty() {
        let written = project.read("written.tf").unwrap_or_default();
        let shown = program.run(&["-local", "show", "p"]);
        return Err(format!("{:?}\n{written}\n{}", actions(&plan), shown.stdout));
    }
    let told = program.run(&["-local", "apply", "p"]).with_code(0)?;
    if !told
        .stdout
        .contains(&format!("{count} imported, 0 added, 0 changed"))
    {
        return Err(told.report());
    }
    program.run(&LOCAL_PLAN).with_code(0)?;
    program.run(&["-local", "drift"]).with_code(0)?;
    program.run(&["fmt", "-check"]).with_code(0)?;
    Ok(seen)
}

/// Every type is taken in: what is missing in `tests/generated_imports` fails here.
#[test]
fn what_is_written_for_each_type_leaves_everything_as_it_is() {
    let seen = RefCell::new(Seen::new());
    cases(&root().join("tests/generated_imports"), |case| {
        seen.borrow_mut().extend(taken_in_anew(case)?);
        Ok(())
    });
    let project = Project::with(PROVIDER);
    let schemas = trueup(&project).run(&["-local", "providers", "schema", "-json"]);
    let schemas = said(&schemas).expect("schemas");
    let all =
        schemas["provider_schemas"]["registry.terraform.io/hashicorp/aws"]["resource_schemas"]
            .as_object()
            .expect("the types of the provider");
    let seen = seen.into_inner();
    let all: Seen = all.keys().cloned().collect();
    assert_eq!(seen, all);
}

/// Three hundred items by one import block: the plan looks them up by the hundred.
#[test]
fn items_are_looked_up_by_the_hundred() {
    let table = "resource \"aws_dynamodb_table\" \"orders\" {\n  name = \"orders\"\n  billing_mode = \"PAY_PER_REQUEST\"\n  hash_key = \"id\"\n  attribute {\n    name = \"id\"\n    type = \"S\"\n  }\n}\n";
    let items = "locals {\n  ids = toset([for n in range(300) : tostring(n)])\n}\n\nresource \"aws_dynamodb_table_item\" \"all\" {\n  for_each = local.ids\n  table_name = \"orders\"\n  hash_key = \"id\"\n  item = jsonencode({ id = { S = each.key } })\n  depends_on = [aws_dynamodb_table.orders]\n}\n";
    let project = Project::with(&format!("{PROVIDER}{table}{items}"));
    let program = trueup(&project);
    program.run(&LOCAL_APPLY).expect_code(0);
    program
        .run(&["-local", "state", "rm", "aws_dynamodb_table_item.all"])
        .expect_code(0);
    let import = "import {\n  for_each = local.ids\n  to = aws_dynamodb_table_item.all[each.key]\n  id = \"orders,${each.key}\"\n}\n";
    project.write("import.tf", import);
    let told = program
        .clone()
        .variable("TRUEUP_REQUESTS", project.path().join("counts.json"))
        .run(&["-local", "plan", "-input=false"])
        .expect_code(0);
    assert!(
        told.stdout.contains("Plan: 300 to import, 0 to add"),
        "{}",
        told.report()
    );
    let counts = project
        .read("counts.json")
        .expect("the run leaves its counts");
    let counts: Value = serde_json::from_str(&counts).expect("counts are JSON");
    let sent = |name: &str| counts["dynamodb"][name].as_u64().unwrap_or_default();
    assert_eq!(sent("GetItem"), 0, "{counts}");
    assert_eq!(sent("BatchGetItem"), 3, "{counts}");
}

#[test]
fn a_whole_table_is_taken_in_with_its_items() {
    let project = Project::with(PROVIDER);
    let served = serve(&project);
    let program = trueup(&project);
    served.dynamodb(
        "us-east-1",
        "CreateTable",
        &serde_json::json!({
            "TableName": "events",
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [
                { "AttributeName": "id", "KeyType": "HASH" },
                { "AttributeName": "at", "KeyType": "RANGE" },
            ],
            "AttributeDefinitions": [
                { "AttributeName": "id", "AttributeType": "S" },
                { "AttributeName": "at", "AttributeType": "N" },
            ],
        }),
    );
    for n in 0..30 {
        let item = serde_json::json!({
            "id": { "S": format!("a|{n}\"${{x}}") },
            "at": { "N": n.to_string() },
            "deep": { "M": { "l": { "L": [{ "BOOL": true }, { "NULL": true }, { "B": "YQ==" }] } } },
            "set": { "NS": ["3", "1.5"] },
        });
        let body = serde_json::json!({ "TableName": "events", "Item": item });
        served.dynamodb("us-east-1", "PutItem", &body);
    }
    let before = served.items("events");
    let import = "\nimport {\n  to = aws_dynamodb_table.events\n  id = \"events\"\n}\n";
    project.write("main.tf", &format!("{PROVIDER}{import}"));
    let plan = planned(&program, &["-with-items"]).expect("a plan");
    assert!(actions(&plan).is_empty(), "{:?}", actions(&plan));
    let told = program.run(&["-local", "apply", "p"]).expect_code(0);
    assert!(
        told.stdout.contains("31 imported, 0 added, 0 changed"),
        "{}",
        told.report()
    );
    program.run(&LOCAL_PLAN).expect_code(0);
    program.run(&["fmt", "-check"]).expect_code(0);
    assert_eq!(served.items("events"), before);
    let written = project.read("written.tf").expect("the blocks are written");
    project.write("written.tf", &written.replacen("\"YQ==\"", "\"Yg==\"", 1));
    let told = program
        .run(&["-local", "plan", "-input=false"])
        .expect_code(0);
    assert!(
        told.stdout.contains("0 to add, 1 to change, 0 to destroy"),
        "{}",
        told.report()
    );
}
