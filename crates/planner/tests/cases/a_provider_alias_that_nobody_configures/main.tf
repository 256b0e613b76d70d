resource "lab_table" "orders" {
  provider = lab.east
  name = "orders"
}
