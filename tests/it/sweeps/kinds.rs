//! Resources of the types beside tables and items: (before, after). Of each some are created, updated, replaced and
//! deleted.

use crate::tables::PROVIDER;

/// One of the two rounds.
struct Round {
    /// What is replaced has it in what can't be changed.
    name: &'static str,
    /// What is updated has it in what can be changed.
    number: u32,
    /// The key of what is in this round alone: `deleted` or `created`.
    other: &'static str,
    /// The key that an alias is turned to.
    target: &'static str,
    /// The most capacity of scalable targets.
    most: u32,
    /// What policies allow.
    action: &'static str,
}

/// Every type but tables and items, on tables that stay.
pub fn before() -> String {
    all(&Round {
        name: "one",
        number: 1,
        other: "deleted",
        target: "updated",
        most: 30,
        action: "GetItem",
    })
}

/// What is asked for next.
pub fn after() -> String {
    let round = Round {
        name: "two",
        number: 2,
        other: "created",
        target: "created",
        most: 60,
        action: "PutItem",
    };
    // An export can't be deleted: it is made in the second round alone.
    all(&round)
        + r#"
resource "aws_dynamodb_table_export" "created" {
  table_arn = aws_dynamodb_table.tagged.arn
  s3_bucket = "orders-exports"
}
"#
}

fn all(round: &Round) -> String {
    let Round {
        name,
        number,
        other,
        target,
        most,
        action,
    } = round;
    let beside = format!(
        r#"
resource "aws_kms_alias" "orders" {{
  for_each      = {{ updated = "{target}", replaced = "updated", {other} = "{other}" }}
  name          = each.key == "replaced" ? "alias/replaced-{name}" : "alias/${{each.key}}"
  target_key_id = aws_kms_key.orders[each.value].key_id
}}

resource "aws_dynamodb_contributor_insights" "orders" {{
  for_each   = toset(["stays", "{other}"])
  table_name = aws_dynamodb_table.orders[each.key].name
}}

resource "aws_dynamodb_kinesis_streaming_destination" "orders" {{
  for_each   = {{ replaced = "{name}", {other} = "one" }}
  table_name = aws_dynamodb_table.orders[each.key].name
  stream_arn = "arn:aws:kinesis:us-east-1:123456789012:stream/${{each.value}}"
}}

resource "aws_dynamodb_global_secondary_index" "orders" {{
  for_each   = {{ replaced = "{name}", {other} = "status" }}
  table_name = aws_dynamodb_table.indexed[each.key].name
  index_name = "by_status"
  key_schema {{
    attribute_name = each.value
    attribute_type = "S"
    key_type       = "HASH"
  }}
  projection {{
    projection_type = "ALL"
  }}
}}

resource "aws_dynamodb_tag" "orders" {{
  for_each     = {{ updated = "{number}", {other} = "1" }}
  resource_arn = aws_dynamodb_table.tagged.arn
  key          = each.key
  value        = each.value
}}

resource "aws_dynamodb_table_replica" "orders" {{
  for_each         = toset(["{other}"])
  global_table_arn = aws_dynamodb_table.events[each.key].arn
  provider         = aws.west
}}
"#
    );
    [
        tables(),
        keys(name, *number, other, *number == 2),
        beside,
        scaling(other, *most),
        policies(other, action),
    ]
    .concat()
}

fn tables() -> String {
    format!(
        r#"{PROVIDER}
provider "aws" {{
  alias  = "west"
  region = "eu-west-1"
}}

resource "aws_dynamodb_table" "orders" {{
  for_each       = toset(["stays", "created", "updated", "replaced", "deleted"])
  name           = each.key
  billing_mode   = "PROVISIONED"
  read_capacity  = 10
  write_capacity = 10
  hash_key       = "id"
  attribute {{
    name = "id"
    type = "S"
  }}
  lifecycle {{
    ignore_changes = [read_capacity, write_capacity, global_secondary_index, attribute]
  }}
}}

resource "aws_dynamodb_table" "indexed" {{
  for_each     = toset(["created", "replaced", "deleted"])
  name         = "indexed-${{each.key}}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {{
    name = "id"
    type = "S"
  }}
  lifecycle {{
    ignore_changes = [global_secondary_index, attribute]
  }}
}}

resource "aws_dynamodb_table" "tagged" {{
  name         = "tagged"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {{
    name = "id"
    type = "S"
  }}
  point_in_time_recovery {{
    enabled = true
  }}
  lifecycle {{
    ignore_changes = [tags, tags_all]
  }}
}}

resource "aws_dynamodb_table" "events" {{
  for_each         = toset(["created", "deleted"])
  name             = "events-${{each.key}}"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"
  attribute {{
    name = "id"
    type = "S"
  }}
  lifecycle {{
    ignore_changes = [replica]
  }}
}}
"#
    )
}

/// Keys, of which one is replaced between two rounds, and one with a replacement that is made first.
fn keys(round: &str, number: u32, other: &str, multi_region: bool) -> String {
    format!(
        r#"
resource "aws_kms_key" "orders" {{
  for_each                = {{ updated = "{number}", {other} = "1" }}
  description             = each.key
  deletion_window_in_days = 7
  enable_key_rotation     = each.value == "2"
  tags                    = {{ Round = each.value }}
}}

resource "aws_kms_key" "replaced" {{
  description             = "replaced in round {round}"
  deletion_window_in_days = 7
  multi_region            = {multi_region}
}}

resource "aws_kms_key" "first" {{
  description             = "replaced first, the same words in both rounds"
  deletion_window_in_days = 7
  multi_region            = {multi_region}
  lifecycle {{
    create_before_destroy = true
  }}
}}
"#
    )
}

fn scaling(other: &str, most: u32) -> String {
    format!(
        r#"
resource "aws_appautoscaling_target" "orders" {{
  for_each           = toset(["updated", "{other}"])
  service_namespace  = "dynamodb"
  resource_id        = "table/${{aws_dynamodb_table.orders[each.key].name}}"
  scalable_dimension = "dynamodb:table:ReadCapacityUnits"
  min_capacity       = 5
  max_capacity       = {most}
}}

resource "aws_appautoscaling_policy" "orders" {{
  for_each           = aws_appautoscaling_target.orders
  name               = "reads-${{each.key}}"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = each.value.service_namespace
  resource_id        = each.value.resource_id
  scalable_dimension = each.value.scalable_dimension
  target_tracking_scaling_policy_configuration {{
    target_value = {most}
    predefined_metric_specification {{
      predefined_metric_type = "DynamoDBReadCapacityUtilization"
    }}
  }}
}}
"#
    )
}

fn policies(other: &str, action: &str) -> String {
    format!(
        r#"
resource "aws_dynamodb_resource_policy" "orders" {{
  for_each     = toset(["updated", "{other}"])
  resource_arn = aws_dynamodb_table.orders[each.key].arn
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Principal = {{ AWS = "arn:aws:iam::123456789012:root" }}
      Action    = "dynamodb:{action}"
      Resource  = aws_dynamodb_table.orders[each.key].arn
    }}]
  }})
}}
"#
    )
}
