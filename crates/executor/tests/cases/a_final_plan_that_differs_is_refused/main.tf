resource "lab_table" "orders" {
  name = "orders"
}
resource "lab_table" "apart" {
  name = "apart"
}
