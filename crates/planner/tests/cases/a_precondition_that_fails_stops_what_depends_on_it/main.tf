variable "fits" {
  default = false
}
resource "lab_table" "orders" {
  count = 2
  name  = "orders-${count.index}"
  lifecycle {
    precondition {
      condition     = var.fits || count.index == 0
      error_message = "Table ${count.index} does not fit."
    }
  }
}
resource "lab_table" "after" {
  name = lab_table.orders[0].name
}
output "guarded" {
  value = 1
  precondition {
    condition     = var.fits
    error_message = "Nothing fits."
  }
}
