resource "lab_table" "orders" {
  name = "orders"
  size = 2
  lifecycle {
    ignore_changes = all
  }
}
