resource "lab_table" "orders" {
  name = "orders"
  size = 2
}
data "lab_lookup" "orders" {
  name = lab_table.orders.name
}
data "lab_lookup" "explicit" {
  name = "explicit"
  depends_on = [lab_table.orders]
}
