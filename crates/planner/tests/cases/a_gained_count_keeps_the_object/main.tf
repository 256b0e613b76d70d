resource "lab_table" "orders" {
  count = 2
  name = "orders-${count.index}"
}
