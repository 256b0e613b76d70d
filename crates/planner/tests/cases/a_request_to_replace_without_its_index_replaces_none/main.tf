resource "lab_table" "orders" {
  count = 3
  name  = "orders-${count.index}"
}
