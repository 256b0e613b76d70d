resource "lab_table" "orders" {
  name = "orders"
  size = 2
  tags = { team = "a" }
}
