resource "lab_table" "orders" {
  name = "renamed"
}
