resource "lab_table" "new" {
  name = "new"
}
resource "lab_table" "orders" {
  count = 0
  name  = "orders"
  lifecycle {
    prevent_destroy = lab_table.new.id == "x"
  }
}
