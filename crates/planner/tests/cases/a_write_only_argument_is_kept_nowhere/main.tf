variable "key" {
  default   = "hush"
  ephemeral = true
}
resource "lab_table" "orders" {
  name   = "orders"
  key_wo = "key ${var.key}"
}
resource "lab_table" "events" {
  name   = "events"
  key_wo = "new"
}
