//! What a process that died had begun with a table is finished, or undone, when its region opens.
//!
//! The engine and our records are two databases, and the engine makes and drops
//! a table in several commits. Every such change leaves its mark in the table's
//! record before the engine is touched, so that a change is found done or not
//! begun, never half.

use serde_json::Value;

use super::overlay::{Overlay, TableRecord};
use super::region::Region;
use super::tables;
use super::update::decide;
use super::wire::Failure;

/// Finishes or undoes what the records say was under way in a region that
/// nobody uses yet.
pub(crate) fn finish(region: &Region) -> Result<(), Failure> {
    let mut records = region.records();
    for name in records.names() {
        let record = records.get(&name).cloned().unwrap_or_default();
        if let Some(request) = record.creating.clone() {
            make_again(region, &mut records, &name, record, request)?;
            continue;
        }
        tables::finish_deletion(region, &mut records, &name)?;
        if region.engine().get_table_metadata(&name)?.is_some() {
            decide(region, &mut records, &name)?;
        } else {
            records.remove(&name)?;
        }
    }
    Ok(())
}

/// The request of a CreateTable is whole where the table is not: what is there
/// goes, and the table is made. Nobody was told anything of the first one.
fn make_again(
    region: &Region,
    records: &mut Overlay,
    name: &str,
    record: TableRecord,
    request: Value,
) -> Result<(), Failure> {
    region.drop_table(name)?;
    match tables::make(region, records, name, record, request) {
        // The answer would have been a refusal: no table is what it promised.
        Err(failure) if failure.is_refusal() => records.remove(name),
        made => made,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use serde_json::json;

    use super::super::overlay::Updating;
    use super::super::replicas::group::{Group, Groups, Member};
    use super::super::{DynamoDb, update};
    use super::*;

    const ACCOUNT: &str = "123456789012";

    fn open(folder: &std::path::Path) -> Region {
        let groups = Arc::new(Groups::open(None).expect("records in memory"));
        let region = Region::open(Some(folder), ACCOUNT, "us-east-1", 0, groups);
        region.unwrap_or_else(|failure| panic!("the region does not open: {failure:?}"))
    }

    fn sql(folder: &std::path::Path, text: &str) {
        let path = folder.join(ACCOUNT).join("us-east-1.db");
        let engine = rusqlite::Connection::open(path).expect("the engine's database opens");
        engine.execute_batch(text).expect("the statement is good");
    }

    fn orders() -> Value {
        json!({
            "TableName": "orders",
            "BillingMode": "PAY_PER_REQUEST",
            "DeletionProtectionEnabled": true,
            "AttributeDefinitions": [
                {"AttributeName": "id", "AttributeType": "S"},
                {"AttributeName": "status", "AttributeType": "S"},
            ],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "GlobalSecondaryIndexes": [index()],
            "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "KEYS_ONLY"},
            "Tags": [{"Key": "team", "Value": "shop"}],
        })
    }

    fn index() -> Value {
        json!({
            "IndexName": "by_status",
            "KeySchema": [{"AttributeName": "status", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        })
    }

    fn change(region: &Region, change: impl FnOnce(&mut TableRecord)) {
        let changed = region.records().change("orders", change);
        changed.expect("the record is written");
    }

    fn put_item(region: &Region) {
        let body =
            json!({"TableName": "orders", "Item": {"id": {"S": "a"}, "status": {"S": "new"}}});
        let answer = super::super::items::answer(region, "PutItem", body.to_string().as_bytes());
        answer
            .expect("PutItem is a call on items")
            .expect("the item is stored");
    }

    #[test]
    fn a_table_is_made_again_whatever_there_is_of_it() {
        // The engine's commits backwards, each on top of the one before it.
        let steps = [
            "",
            "UPDATE _tables SET tags = NULL",
            "UPDATE _tables SET stream_enabled = 0, stream_label = NULL",
            "DROP TABLE \"orders::gsi::by_status\"",
            "DROP TABLE orders",
            "DELETE FROM _tables",
        ];
        for step in 0..steps.len() {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let region = open(folder.path());
            assert!(tables::create(&region, orders()).is_ok());
            change(&region, |record| record.creating = Some(orders()));
            drop(region);
            sql(folder.path(), &steps[..=step].join(";"));
            let region = open(folder.path());
            put_item(&region);
            let table = tables::describe(&region, json!({"TableName": "orders"}));
            let table = table.expect("the table is described");
            assert_eq!(table["Table"]["DeletionProtectionEnabled"], true);
            assert_eq!(table["Table"]["GlobalSecondaryIndexes"][0]["ItemCount"], 1);
            let label = table["Table"]["LatestStreamLabel"].as_str();
            let records = region.records();
            let record = records.get("orders").expect("the record is kept");
            assert_eq!(record.creating, None);
            assert_eq!(record.stream.as_ref().map(|s| s.1.as_str()), label);
            drop(records);
            let arn = region.table_arn("orders");
            let tags = super::super::named::answer(
                &region,
                "ListTagsOfResource",
                json!({"ResourceArn": arn}),
            );
            let tags = tags.expect("the tags are listed");
            assert_eq!(tags["Tags"][0]["Value"], "shop", "after step {step}");
        }
    }

    #[test]
    fn a_request_that_the_engine_refuses_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let region = open(folder.path());
        change(&region, |record| record.creating = Some(json!(true)));
        drop(region);
        let region = open(folder.path());
        assert!(!region.has_table("orders"));
        assert!(region.records().names().is_empty());
    }

    #[test]
    fn a_table_that_was_being_dropped_is_gone() {
        for step in ["", "DROP TABLE orders", "DELETE FROM _tables"] {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let region = open(folder.path());
            let mut request = orders();
            request["DeletionProtectionEnabled"] = false.into();
            assert!(tables::create(&region, request).is_ok());
            change(&region, |record| record.deleting = true);
            drop(region);
            sql(folder.path(), step);
            let region = open(folder.path());
            assert!(!region.has_table("orders"), "after {step:?}");
            assert!(region.records().names().is_empty(), "after {step:?}");
        }
    }

    #[test]
    fn an_update_was_done_if_the_engine_committed_it() {
        for committed in [false, true] {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let region = open(folder.path());
            assert!(tables::create(&region, orders()).is_ok());
            let kept = region.records().get("orders").cloned().unwrap_or_default();
            let request = json!({
                "TableName": "orders",
                "GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by_status"}}],
            });
            assert!(update::update(&region, request).is_ok());
            let dropped = region.records().get("orders").cloned().unwrap_or_default();
            assert_ne!(kept, dropped);
            let table = update::engine_settings(&region, "orders").expect("the settings are read");
            let before = if committed { Value::Null } else { table };
            let updating = Updating {
                before,
                record: Box::new(dropped.clone()),
            };
            let undecided = TableRecord {
                updating: Some(updating),
                ..kept.clone()
            };
            let put = region.records().put("orders", undecided);
            put.expect("the record is written");
            drop(region);
            let region = open(folder.path());
            let expected = if committed { dropped } else { kept };
            assert_eq!(region.records().get("orders"), Some(&expected));
        }
    }

    fn nowhere() -> std::sync::Arc<crate::s3::S3Store> {
        crate::s3::S3Store::open(None)
            .expect("a store in memory")
            .into()
    }

    #[test]
    fn replicas_are_made_and_dropped_that_a_record_still_wants() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let folder = Some(folder.path().to_owned());
        let member = |made: bool, leaving: bool, source: Option<(String, i64)>| Member {
            made,
            leaving,
            source,
            ..Member::default()
        };
        for there in [true, false] {
            let service = DynamoDb::new(folder.clone(), ACCOUNT, 0, nowhere());
            let home = service.region("us-east-1").expect("the region opens");
            if there {
                assert!(tables::create(&home, orders()).is_ok());
                put_item(&home);
            }
            let source = Some(("us-east-1".to_owned(), 1));
            let wanted = Group {
                table: "orders".to_owned(),
                members: BTreeMap::from([
                    ("us-east-1".to_owned(), member(true, false, None)),
                    ("eu-west-1".to_owned(), member(!there, !there, source)),
                ]),
                ..Group::default()
            };
            home.groups.put(1, wanted).expect("the record is written");
            drop((service, home));
            let service = DynamoDb::new(folder.clone(), ACCOUNT, 0, nowhere());
            let other = service.region("eu-west-1").expect("the region opens");
            assert_eq!(other.has_table("orders"), there);
            let found = other.groups.of("us-east-1", "orders");
            assert_eq!(found.is_some(), there);
            if there {
                let table = tables::describe(&other, json!({"TableName": "orders"}));
                let table = table.expect("the table is described");
                assert_eq!(table["Table"]["ItemCount"], 1);
            }
        }
    }
}
