variable "key" {
  sensitive = true
}
resource "lab_table" "orders" {
  name = "orders"
  note = "n-${var.key}"
}
output "note" {
  value = lab_table.orders.note
}
output "hidden" {
  value = lab_table.orders.note
  sensitive = true
}
