variable "unset" {
  type = string
}

variable "settings" {
  default = { a = [1, "x", true], n = null }
}

locals {
  names = { for index, name in ["a", "b"] : name => index }
}

resource "terraform_data" "orders" {
  input = local.names
}

resource "terraform_data" "events" {
  count = 2
  input = count.index
}

resource "terraform_data" "by_status" {
  for_each = toset(["open"])
  input    = each.key
}

module "m" {
  source   = "./m"
  for_each = local.names
  name     = each.key
}
