resource "lab_table" "orders" {
  name = "orders"
  lifecycle {
    prevent_destroy = true
  }
}
