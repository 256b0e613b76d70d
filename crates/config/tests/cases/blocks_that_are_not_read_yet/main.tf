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
check "c" {}
ephemeral "a" "b" {}
variable "v" {
  validation {
    condition     = true
    error_message = "No."
  }
}
output "o" {
  value = 1
  precondition {
    condition     = true
    error_message = "No."
  }
}
terraform {
  cloud {}
  provider_meta "aws" {}
}
resource "terraform_data" "a" {
  lifecycle {
    replace_triggered_by = [terraform_data.b]
    precondition {
      condition     = true
      error_message = "No."
    }
  }
}
