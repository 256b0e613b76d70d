//! The data source `aws_dynamodb_table_item`: one item by its key, whole or in parts.

pub(crate) mod schema;

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::dynamodb::GetItem;
use trueup_provider::{DataSource, Problem, Problems};
use trueup_value::{Path, Value};

use super::table_item::{KeyNames, key_words, read_item, type_name, write_item};
use crate::connection::Connection;
use crate::failure::problem;
use crate::lookup::{Looking, Lookup};
use crate::members::{filled, text, text_map};
use crate::region::Place;
use crate::tags::to_value;

/// The data source under one provider configuration.
pub(crate) struct TableItemData(Connection);

impl TableItemData {
    /// The data source in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn DataSource> {
        Arc::new(Looking(Self(place.aws.clone())))
    }
}

/// What is wrong with a block. Unknown parts are passed over.
pub(crate) fn validate(config: &Value) -> Problems {
    match text(config, "key").map(read_item) {
        Some(Err(reason)) => vec![bad_key(&reason)],
        Some(Ok(key)) => {
            let wrong = key
                .iter()
                .find(|(_, value)| !matches!(type_name(value), "S" | "N" | "B"));
            match wrong {
                Some((name, value)) => vec![bad_key(&format!(
                    "the key attribute {name:?} has the type {}; it must be S, N or B",
                    type_name(value)
                ))],
                None if key.is_empty() || key.len() > 2 => vec![bad_key(
                    "a key is the hash key attribute, and the range key attribute where the table has one",
                )],
                None => Vec::new(),
            }
        }
        None => Vec::new(),
    }
}

fn bad_key(reason: &str) -> Problem {
    Problem::error(
        format!("Invalid format of \"key\": {reason}"),
        "The key is written in DynamoDB's JSON, such as {\"pk\": {\"S\": \"a\"}}.",
    )
    .at(Path::new().attr("key"))
}

impl Lookup for TableItemData {
    async fn look_up(&self, config: &Value) -> Result<Value, Problems> {
        let table = filled(config, "table_name").unwrap_or_default();
        let doing = format!("reading DynamoDB Table Item ({table})");
        let key_text = text(config, "key").unwrap_or_default();
        let key = read_item(key_text).map_err(|reason| vec![bad_key(&reason)])?;
        let names = text_map(config, "expression_attribute_names");
        let found = self
            .0
            .dynamodb
            .get_item(GetItem {
                table: table.to_owned(),
                key: key.clone(),
                consistent: true,
                projection: filled(config, "projection_expression").map(str::to_owned),
                names: names.clone(),
            })
            .await
            .map_err(|error| vec![problem(&doing, &error)])?;
        let Some(item) = found else {
            let advice = format!(
                "The table {table:?} in {} holds no item with {}.",
                self.0.region,
                key_words(&key)
            );
            let missing = Problem::error(format!("{doing}: couldn't find resource"), advice);
            return Err(vec![missing.at(Path::new().attr("key"))]);
        };
        // The id lists the key's attributes in the order of their names.
        let mut attributes = key.keys().cloned();
        let id = KeyNames {
            hash: attributes.next().unwrap_or_default(),
            range: attributes.next(),
        }
        .id(table, &key);
        let projection = text(config, "projection_expression").unwrap_or_default();
        let mut said: BTreeMap<Arc<str>, Value> = BTreeMap::new();
        said.insert("expression_attribute_names".into(), to_value(&names));
        said.insert("id".into(), Value::string(id));
        said.insert("item".into(), Value::string(write_item(&item) + "\n"));
        said.insert("key".into(), Value::string(key_text));
        said.insert("projection_expression".into(), Value::string(projection));
        said.insert("table_name".into(), Value::string(table));
        Ok(schema::body().value(said))
    }
}
