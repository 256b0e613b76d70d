resource "lab_table" "orders" {
  name = "orders"
  size = 2
  lifecycle {
    prevent_destroy = true
  }
}
