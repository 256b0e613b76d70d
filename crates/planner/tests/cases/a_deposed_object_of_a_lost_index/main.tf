resource "lab_table" "orders" {
  count = 1
  name  = "orders-${count.index}"
}
