resource "lab_table" "orders" {
  count = 0
  name = "orders"
}
