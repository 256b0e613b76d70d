resource "terraform_data" "a" {
  lifecycle {
    create_before_destroy = var.x
    prevent_destroy       = "perhaps"
    ignore_changes        = "all"
    sometimes             = true
  }
}
resource "terraform_data" "b" {
  lifecycle {
    ignore_changes = ["*"]
  }
}
resource "terraform_data" "c" {
  lifecycle {
    ignore_changes = ["input", a.b, 1 + 1, lower("x")]
  }
  lifecycle {}
}
data "aws_region" "d" {
  lifecycle {
    prevent_destroy       = true
    create_before_destroy = true
  }
}
