# A table with all that can move in it, two items, a table in two regions, and what stands beside tables.
provider "aws" {
  region = "us-east-1"
}

resource "aws_dynamodb_table" "orders" {
  name           = "orders"
  billing_mode   = "PROVISIONED"
  read_capacity  = 5
  write_capacity = 5
  hash_key       = "id"
  range_key      = "at"

  stream_enabled   = true
  stream_view_type = "NEW_IMAGE"

  attribute {
    name = "id"
    type = "S"
  }

  attribute {
    name = "at"
    type = "N"
  }

  attribute {
    name = "status"
    type = "S"
  }

  attribute {
    name = "total"
    type = "N"
  }

  global_secondary_index {
    name            = "by_status"
    hash_key        = "status"
    projection_type = "ALL"
    read_capacity   = 2
    write_capacity  = 2
  }

  global_secondary_index {
    name               = "by_day"
    hash_key           = "at"
    projection_type    = "INCLUDE"
    non_key_attributes = ["total", "status"]
    read_capacity      = 2
    write_capacity     = 2
  }

  local_secondary_index {
    name               = "by_total"
    range_key          = "total"
    projection_type    = "INCLUDE"
    non_key_attributes = ["status", "note"]
  }

  ttl {
    enabled        = true
    attribute_name = "expires"
  }

  point_in_time_recovery {
    enabled = true
  }

  tags = {
    Team  = "orders"
    Owner = "ops"
  }
}

resource "aws_dynamodb_table_item" "first" {
  table_name = aws_dynamodb_table.orders.name
  hash_key   = aws_dynamodb_table.orders.hash_key
  range_key  = aws_dynamodb_table.orders.range_key

  item = jsonencode({
    id    = { S = "order-1" }
    at    = { N = "1" }
    price = { N = "5" }
    flags = { SS = ["b", "a"] }
    sizes = { NS = ["2", "1.50"] }
    files = { BS = ["Yg==", "YQ=="] }
    place = { M = { city = { S = "x" }, zip = { S = "1" } } }
    lines = { L = [{ S = "one" }, { N = "2" }] }
    gone  = { NULL = true }
  })
}

resource "aws_dynamodb_table_item" "second" {
  table_name = aws_dynamodb_table.orders.name
  hash_key   = aws_dynamodb_table.orders.hash_key
  range_key  = aws_dynamodb_table.orders.range_key

  item = <<ITEM
{
  "id": {"S": "order-2"},
  "at": {"N": "1"},
  "note": {"S": "äöü"}
}
ITEM
}

resource "aws_dynamodb_table" "events" {
  name             = "events"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  attribute {
    name = "id"
    type = "S"
  }

  replica {
    region_name = "eu-west-1"
  }
}

resource "aws_dynamodb_table" "plain" {
  name         = "plain"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  lifecycle {
    ignore_changes = [tags["LastBackup"]]
  }
}

resource "aws_dynamodb_tag" "cost" {
  resource_arn = aws_dynamodb_table.orders.arn
  key          = "Owner"
  value        = "ops"
}

resource "aws_dynamodb_contributor_insights" "plain" {
  table_name = aws_dynamodb_table.plain.name
}

resource "aws_dynamodb_resource_policy" "plain" {
  resource_arn = aws_dynamodb_table.plain.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Action    = ["dynamodb:GetItem", "dynamodb:Query"]
      Resource  = aws_dynamodb_table.plain.arn
    }]
  })
}

resource "aws_appautoscaling_target" "reads" {
  for_each = {
    "table/orders"              = "dynamodb:table:ReadCapacityUnits"
    "table/orders/index/by_day" = "dynamodb:index:ReadCapacityUnits"
  }

  min_capacity       = 1
  max_capacity       = 50
  resource_id        = each.key
  scalable_dimension = each.value
  service_namespace  = "dynamodb"

  depends_on = [aws_dynamodb_table.orders]
}
