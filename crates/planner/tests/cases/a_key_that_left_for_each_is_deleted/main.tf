resource "lab_table" "orders" {
  for_each = toset(["a", "c"])
  name = each.key
}
