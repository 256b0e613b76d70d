resource "lab_table" "orders" {
  count = 3
  name = "orders-${count.index}"
  size = 2
}
output "sizes" {
  value = lab_table.orders[*].size
}
