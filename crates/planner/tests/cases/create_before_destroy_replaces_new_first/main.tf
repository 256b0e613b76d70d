resource "lab_table" "orders" {
  name = "renamed"
  lifecycle {
    create_before_destroy = true
  }
}
