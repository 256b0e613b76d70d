variable "keep" {
  default = true
}
resource "lab_table" "orders" {
  name = "orders-2"
  lifecycle {
    prevent_destroy = var.keep
  }
}
resource "lab_table" "events" {
  name = "events-2"
  lifecycle {
    prevent_destroy = !var.keep
  }
}
