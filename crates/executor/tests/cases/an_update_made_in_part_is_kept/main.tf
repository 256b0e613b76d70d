resource "lab_table" "orders" {
  name = "orders"
  size = 2
}
