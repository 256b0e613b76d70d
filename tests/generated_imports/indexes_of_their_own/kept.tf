resource "aws_dynamodb_table" "orders" {
  name         = "orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  # What else its table would do to an index that its state has not met is removal.
  lifecycle {
    ignore_changes = [global_secondary_index]
  }
}
