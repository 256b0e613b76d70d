variable "key" {
  sensitive = true
}
resource "lab_table" "orders" {
  name = "orders"
  note = var.key
}
