resource "lab_table" "orders" {
  name = "orders"
}
