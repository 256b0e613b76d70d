variable "keep" {
  default = true
}
resource "terraform_data" "a" {
  input = 1
  _ {
    triggers_replace = 2
    count            = 3
  }
  lifecycle {
    prevent_destroy = var.keep
  }
}
resource "terraform_data" "b" {
  _ {}
  _ {}
  lifecycle {
    prevent_destroy = [true]
  }
}
import {
  to       = terraform_data.a
  id       = "x"
  identity = {}
}
import {
  to = terraform_data.a
  id = "x"
}
