variable "price" {
  type    = number
  default = 5
}

variable "secret" {
  default   = "hidden"
  sensitive = true
}

resource "terraform_data" "orders" {
  input = { price = var.price, note = "<a & b>" }
}

resource "terraform_data" "events" {
  count            = 2
  input            = var.secret
  triggers_replace = terraform_data.orders.output.price
}

output "orders" {
  value = terraform_data.orders.output
}

output "secret" {
  value     = var.secret
  sensitive = true
}

check "price" {
  assert {
    condition     = var.price < 7
    error_message = "A price of ${var.price} is too high."
  }
}
