resource "lab_table" "orders" {
  name = "o2"
}
