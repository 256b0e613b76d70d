resource "lab_table" "orders" {
  name = "orders"
}
data "lab_lookup" "orders" {
  name = "orders"
  depends_on = [lab_table.orders]
}
