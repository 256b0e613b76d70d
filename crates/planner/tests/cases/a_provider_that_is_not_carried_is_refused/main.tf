resource "other_thing" "a" {
  x = 1
}
resource "lab_table" "orders" {
  name = "orders"
}
