resource "lab_table" "orders" {
  for_each = toset(["a", "b"])
  name     = each.key
}
resource "lab_table" "events" {
  name = "events"
  note = lab_table.orders["a"].id
}
