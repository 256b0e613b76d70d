resource "aws_dynamodb_table" "orders" {
  name             = "orders"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  attribute {
    name = "id"
    type = "S"
  }

  replica {
    region_name    = "us-west-2"
    propagate_tags = true
  }

  tags = { Team = "orders" }
}

resource "aws_dynamodb_table_replica" "events" {
  region                 = "eu-west-1"
  global_table_arn       = aws_dynamodb_table.events.arn
  point_in_time_recovery = true

  tags = { Team = "events" }
}

resource "aws_dynamodb_global_table" "old" {
  name = aws_dynamodb_table.old["us-east-1"].name

  replica {
    region_name = "us-east-1"
  }

  replica {
    region_name = "eu-west-1"
  }
}
