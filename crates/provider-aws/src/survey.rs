//! Which tables there are in an account and a region, whoever made them, and which of them the objects of a state
//! stand for.

use trueup_provider::{Problem, Sighting};
use trueup_value::Value;

use crate::arn::Arn;
use crate::connection::Connection;
use crate::dynamodb::table::schema::KIND as TABLE;
use crate::dynamodb::table_replica::schema::KIND as REPLICA;
use crate::failure::problem;
use crate::members::{elements, text};

/// The tables of a region.
pub(crate) async fn survey(aws: &Connection) -> Result<Vec<Sighting>, Problem> {
    let failed = |error| problem("listing DynamoDB Tables", &error);
    let names = aws.dynamodb.list_tables().await.map_err(failed)?;
    let account = aws.session.account_id().await.map_err(failed)?;
    let sightings = names.into_iter().map(|id| Sighting {
        name: named(account.as_deref(), &aws.region, &id),
        kind: TABLE.into(),
        id,
        place: aws.region.clone(),
    });
    Ok(sightings.collect())
}

/// The tables that an object of a state stands for: a table's own and those of its replicas, with and without the
/// account, which a provider block may say not to ask for.
pub(crate) fn stands_for(kind: &str, value: &Value) -> Vec<String> {
    if kind != TABLE && kind != REPLICA {
        return Vec::new();
    }
    let Some(arn) = text(value, "arn").and_then(|arn| Arn::parse(arn).ok()) else {
        return Vec::new();
    };
    let Some(table) = arn.table() else {
        return Vec::new();
    };
    let replicas = elements(value, "replica");
    let regions = replicas
        .iter()
        .filter_map(|replica| text(replica, "region_name"))
        .chain([arn.region]);
    regions
        .flat_map(|region| {
            [
                named(Some(arn.account), region, table),
                named(None, region, table),
            ]
        })
        .collect()
}

fn named(account: Option<&str>, region: &str, table: &str) -> String {
    format!("{}/{region}/{table}", account.unwrap_or("*"))
}

#[cfg(test)]
mod tests {
    use trueup_value::Type;

    use super::*;

    #[test]
    fn a_table_stands_for_its_replicas_too() {
        let replica = Value::object_from([("region_name", Value::string("eu-west-1"))]);
        let table = Value::object_from([
            (
                "arn",
                Value::string("arn:aws:dynamodb:us-east-1:123456789012:table/orders"),
            ),
            ("replica", Value::set(replica.ty(), vec![replica])),
        ]);
        assert_eq!(
            stands_for(TABLE, &table),
            [
                "123456789012/eu-west-1/orders",
                "*/eu-west-1/orders",
                "123456789012/us-east-1/orders",
                "*/us-east-1/orders",
            ]
        );
        let none = Value::object_from([("arn", Value::null(Type::String))]);
        assert!(stands_for(TABLE, &none).is_empty());
        assert!(stands_for("aws_dynamodb_table_item", &table).is_empty());
    }
}
