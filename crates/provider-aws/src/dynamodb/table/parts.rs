//! The items of a table, all of them, as blocks of their own would say them.

use std::collections::{BTreeMap, BTreeSet};

use trueup_aws::dynamodb::Scan;
use trueup_provider::{Context, Part, Problem};
use trueup_value::Value;

use crate::connection::Connection;
use crate::dynamodb::table_item::{KeyNames, key_text, schema, write_item};
use crate::failure::problem;
use crate::members::filled;

/// Reads every item of a table. It is meant for tables that a configuration can hold: all of them are kept at once.
pub(super) async fn items(
    aws: &Connection,
    cx: &Context,
    table: &Value,
) -> Result<Vec<Part>, Problem> {
    let (Some(name), Some(hash)) = (filled(table, "name"), filled(table, "hash_key")) else {
        return Ok(Vec::new());
    };
    let names = KeyNames {
        hash: hash.to_owned(),
        range: filled(table, "range_key").map(str::to_owned),
    };
    let mut shared = BTreeMap::from([
        (
            "table_name".into(),
            (Value::string(name), Some("name".into())),
        ),
        (
            "hash_key".into(),
            (Value::string(hash), Some("hash_key".into())),
        ),
    ]);
    if let Some(range) = &names.range {
        let range = (Value::string(range), Some("range_key".into()));
        shared.insert("range_key".into(), range);
    }
    let mut parts = Vec::new();
    let mut taken = BTreeSet::new();
    let mut start = None;
    loop {
        let page = aws.dynamodb.scan(Scan {
            table: name.to_owned(),
            consistent: true,
            start,
            ..Scan::default()
        });
        let page = page
            .await
            .map_err(|error| problem(&format!("reading DynamoDB Table ({name}) items"), &error))?;
        for item in page.items {
            let texts = [Some(&names.hash), names.range.as_ref()];
            let texts = texts
                .into_iter()
                .flatten()
                .filter_map(|name| item.get(name));
            let mut key = texts.map(key_text).collect::<Vec<_>>().join("/");
            while !taken.insert(key.clone()) {
                key.push('\'');
            }
            parts.push(Part {
                kind: schema::KIND.into(),
                key,
                id: names.id(name, &item),
                shared: shared.clone(),
                own: ("item".into(), write_item(&item).into()),
            });
        }
        match page.next {
            Some(next) if !cx.cancel.is_cancelled() => start = Some(next),
            _ => break,
        }
    }
    parts.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(parts)
}
