resource "lab_table" "orders" {
  count = 2
  name = "orders-${count.index}"
}
output "ids" {
  value = lab_table.orders[*].id
}
