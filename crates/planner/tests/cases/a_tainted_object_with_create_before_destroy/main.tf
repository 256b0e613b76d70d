resource "lab_table" "orders" {
  name = "orders"
  lifecycle {
    create_before_destroy = true
  }
}
