resource "lab_table" "orders" {
  name = "orders"
  lifecycle {
    replace_triggered_by = [lab_table.events, lab_table.orders[*]]
  }
}
resource "lab_table" "other" {
  name = "other"
  lifecycle {
    replace_triggered_by = [lab_table.orders["b"]]
  }
}
