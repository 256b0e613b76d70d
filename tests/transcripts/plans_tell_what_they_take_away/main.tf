variable "hash" {
  default = "id"
}

variable "orders" {
  default = 25
}

variable "price" {
  default = 5
}

resource "aws_dynamodb_table" "orders" {
  name         = "orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = var.hash

  attribute {
    name = var.hash
    type = "S"
  }
}

resource "aws_dynamodb_table_item" "seed" {
  count      = var.orders
  table_name = aws_dynamodb_table.orders.name
  hash_key   = aws_dynamodb_table.orders.hash_key
  item = jsonencode({
    (var.hash) = { S = format("o-%03d", count.index) }
    price      = { N = tostring(var.price) }
    labels     = { SS = ["new", "gift"] }
    size       = { M = { boxed = { BOOL = var.price > 5 } } }
  })
}
