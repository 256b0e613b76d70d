resource "lab_table" "orders" {
  for_each = { one = 1 }
  name     = "orders"
  size     = each.value
}
moved {
  from = lab_table.old[2]
  to   = lab_table.orders["one"]
}
