//! Configurations that several tests play: tables with many items, with local state or state in S3.

/// Five tables, and `count` items in one of them: expansion, batches, dependencies.
pub fn many_items(count: usize) -> String {
    format!(
        r#"
provider "aws" {{
  region = "us-east-1"
}}

resource "aws_dynamodb_table" "orders" {{
  name         = "orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {{
    name = "id"
    type = "S"
  }}

  tags = {{ Team = "orders" }}
}}

resource "aws_dynamodb_table" "events" {{
  count        = 4
  name         = "events-${{count.index}}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {{
    name = "id"
    type = "S"
  }}
}}

resource "aws_dynamodb_table_item" "order" {{
  count      = {count}
  table_name = aws_dynamodb_table.orders.name
  hash_key   = aws_dynamodb_table.orders.hash_key
  item       = jsonencode({{ id = {{ S = "order-${{count.index}}" }}, total = {{ N = tostring(count.index) }} }})
}}
"#
    )
}

/// State in S3 with a lock table, on the embedded AWS.
pub const STATE_IN_S3: &str = r#"
terraform {
  backend "s3" {
    bucket         = "orders-states"
    key            = "orders/terraform.tfstate"
    region         = "us-east-1"
    dynamodb_table = "state-locks"
  }
}
"#;
