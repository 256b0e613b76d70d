resource "aws_iam_role" "reader" {
  name                 = "orders-reader"
  path                 = "/orders/"
  description          = "Reads orders."
  max_session_duration = 7200

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })

  tags = { Team = "orders" }
}

resource "aws_iam_policy" "read" {
  name        = "orders-read"
  description = "Reads orders."

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["dynamodb:GetItem", "dynamodb:Query"]
      Resource = "*"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "read" {
  role       = aws_iam_role.reader.name
  policy_arn = aws_iam_policy.read.arn
}

resource "aws_kms_key" "orders" {
  description             = "orders"
  enable_key_rotation     = true
  deletion_window_in_days = 7

  tags = { Team = "orders" }
}

resource "aws_kms_alias" "orders" {
  name          = "alias/orders"
  target_key_id = aws_kms_key.orders.arn
}
