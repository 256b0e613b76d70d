resource "aws_dynamodb_table" "orders" {
  name         = "orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }
}

resource "aws_kinesis_stream" "some" {
  name                = "orders-some"
  shard_count         = 2
  retention_period    = 48
  shard_level_metrics = ["IncomingBytes", "OutgoingBytes"]
  encryption_type     = "KMS"
  kms_key_id          = "alias/aws/kinesis"

  tags = { Team = "orders" }
}

resource "aws_kinesis_stream" "all" {
  name                = "orders-all"
  shard_count         = 1
  shard_level_metrics = ["ALL"]
}

resource "aws_kinesis_stream" "plain" {
  name = "orders-plain"

  stream_mode_details {
    stream_mode = "ON_DEMAND"
  }
}

resource "aws_dynamodb_kinesis_streaming_destination" "orders" {
  table_name                               = aws_dynamodb_table.orders.name
  stream_arn                               = aws_kinesis_stream.plain.arn
  approximate_creation_date_time_precision = "MICROSECOND"
}

resource "aws_s3_bucket" "dumps" {
  bucket = "orders-dumps"
}

resource "aws_dynamodb_table_export" "orders" {
  table_arn = aws_dynamodb_table.orders.arn
  s3_bucket = aws_s3_bucket.dumps.id
  s3_prefix = "orders"
}
