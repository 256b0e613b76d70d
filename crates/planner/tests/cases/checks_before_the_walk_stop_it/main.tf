resource "lab_table" "orders" {
  naem = "orders"
  note = lab_table.nobody.id
}
