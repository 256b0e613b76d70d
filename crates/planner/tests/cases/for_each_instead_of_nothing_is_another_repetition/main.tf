resource "lab_table" "orders" {
  for_each = { a = 1 }
  name = "a"
}
