resource "terraform_data" "orders" {
  input = "kept"

  lifecycle {
    destroy = false
  }
}

resource "terraform_data" "events" {
  lifecycle {
    enabled = false
  }
}
