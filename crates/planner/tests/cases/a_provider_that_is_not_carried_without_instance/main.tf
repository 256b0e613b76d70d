resource "other_thing" "a" {
  count = 0
}
resource "lab_table" "orders" {
  name = "orders"
}
