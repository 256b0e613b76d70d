resource "lab_table" "orders" {
  name = "orders"
  note = "broken"
  size = 1
}
