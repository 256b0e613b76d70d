resource "lab_table" "orders" {
  count = 1
  name = "a"
}
