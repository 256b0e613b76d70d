resource "lab_table" "orders" {
  name = "renamed"
  lifecycle {
    prevent_destroy = true
  }
}
