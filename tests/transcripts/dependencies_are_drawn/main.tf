variable "name" {
  default = "orders"
}

locals {
  name = terraform_data.orders.output
}

resource "terraform_data" "orders" {
  input = var.name
}

resource "terraform_data" "events" {
  input = [local.name, terraform_data.orders.id]
}

module "m" {
  source     = "./m"
  name       = local.name
  depends_on = [terraform_data.events]
}

output "text" {
  value = module.m.text
}
