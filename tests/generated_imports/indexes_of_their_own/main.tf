resource "aws_dynamodb_global_secondary_index" "by_status" {
  table_name = aws_dynamodb_table.orders.name
  index_name = "by_status"

  key_schema {
    attribute_name = "status"
    attribute_type = "S"
    key_type       = "HASH"
  }

  key_schema {
    attribute_name = "at"
    attribute_type = "N"
    key_type       = "RANGE"
  }

  projection {
    projection_type    = "INCLUDE"
    non_key_attributes = ["total"]
  }
}

resource "aws_dynamodb_contributor_insights" "by_status" {
  table_name = aws_dynamodb_table.orders.name
  index_name = aws_dynamodb_global_secondary_index.by_status.index_name
}
