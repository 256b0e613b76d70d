variable "name" {}
resource "lab_table" "orders" {
  name = "${var.name}"
}
resource "lab_table" "events" {
  name = "events"
}
