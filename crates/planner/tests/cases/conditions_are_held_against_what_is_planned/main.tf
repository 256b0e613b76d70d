variable "size" {
  default = 5
  validation {
    condition     = var.size > 9
    error_message = "The size ${var.size} is too small."
  }
}
locals {
  most = 3
}
resource "lab_table" "orders" {
  name = "orders"
  size = 4
  lifecycle {
    precondition {
      condition     = local.most == 3
      error_message = "never"
    }
    postcondition {
      condition     = self.size <= local.most
      error_message = "At most ${local.most}, not ${self.size}."
    }
    postcondition {
      condition     = self.id == "later"
      error_message = "never while planning"
    }
  }
}
check "warns" {
  assert {
    condition     = local.most > 5
    error_message = "Only ${local.most}."
  }
}
