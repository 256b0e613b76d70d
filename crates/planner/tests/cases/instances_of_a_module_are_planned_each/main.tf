module "table" {
  source   = "./table"
  for_each = toset(["events", "orders"])
  name     = each.key
}
resource "lab_table" "after" {
  name = "after"
  note = module.table["orders"].id
}
output "ids" {
  value = { for name, table in module.table : name => table.id }
}
