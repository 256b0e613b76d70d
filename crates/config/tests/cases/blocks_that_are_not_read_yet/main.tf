moved {
  from = a.b
  to   = a.c
}
removed {
  from = a.b
}
import {
  id = "x"
  to = a.b
}
ephemeral "a" "b" {}
variable "v" {
}
output "o" {
  value = 1
}
terraform {
  cloud {}
  provider_meta "aws" {}
}
resource "terraform_data" "a" {
  lifecycle {
    replace_triggered_by = [terraform_data.b]
  }
}
