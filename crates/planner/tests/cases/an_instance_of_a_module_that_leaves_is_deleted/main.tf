module "table" {
  source   = "./table"
  for_each = toset(["orders"])
  name     = each.key
}
