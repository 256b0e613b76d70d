provider "terraform" {
  alias    = "by_region"
  for_each = toset(["eu", "us"])
}

resource "terraform_data" "orders" {
  for_each = toset(["eu", "us"])
  provider = terraform.by_region[each.key]
  input    = each.key
}
