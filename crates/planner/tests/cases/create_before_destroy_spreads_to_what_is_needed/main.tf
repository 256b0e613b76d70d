resource "lab_table" "orders" {
  name = "renamed"
}
resource "lab_table" "events" {
  name = "e2"
  note = lab_table.orders.id
  lifecycle {
    create_before_destroy = true
  }
}
resource "lab_table" "apart" {
  name = "a2"
}
