resource "lab_table" "orders" {
  name = "renamed"
  size = 2
  lifecycle {
    ignore_changes = all
  }
}
