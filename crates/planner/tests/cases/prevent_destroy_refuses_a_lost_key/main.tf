resource "lab_table" "orders" {
  count = 1
  name = "orders-${count.index}"
  lifecycle {
    prevent_destroy = true
  }
}
