resource "lab_table" "orders" {
  name = "orders"
}
resource "lab_table" "events" {
  for_each = { a = lab_table.orders.id, b = "b" }
  name     = each.key
  note     = each.value
}
