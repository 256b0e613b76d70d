resource "lab_table" "orders" {
  name = "o2"
  lifecycle {
    create_before_destroy = true
  }
}
