//! Configurations that several tests play: tables, tables with many items, with local state or state in S3.

/// A provider block whose region is the one that tests look into.
pub const PROVIDER: &str = "provider \"aws\" {\n  region = \"us-east-1\"\n}\n";

/// The block of a table that is paid by request and keyed by a text, with more lines at its end.
pub fn table(block: &str, name: &str, key: &str, more: &str) -> String {
    format!(
        r#"
resource "aws_dynamodb_table" "{block}" {{
  name         = "{name}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "{key}"

  attribute {{
    name = "{key}"
    type = "S"
  }}
{more}}}
"#
    )
}

/// The block of a table `orders`, keyed by `id`, with these lines as its tags.
pub fn orders(tags: &str) -> String {
    let tags = format!("\n  tags = {{\n{tags}\n  }}\n");
    table("orders", "orders", "id", &tags)
}

/// Five tables, and `count` items in one of them: expansion, batches, dependencies.
pub fn many_items(count: usize) -> String {
    let orders = orders("    Team = \"orders\"");
    let events = table("events", "events-${count.index}", "id", "  count = 4\n");
    format!(
        r#"{PROVIDER}{orders}{events}
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
