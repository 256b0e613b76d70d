resource "lab_table" "orders" {
  name = "orders"
  tags = { team = "a", stage = "test" }
  lifecycle {
    ignore_changes = [tags["team"]]
  }
}
