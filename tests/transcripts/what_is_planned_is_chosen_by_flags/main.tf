variable "name" {
  default = "orders"
}

variable "key" {
  default   = "hidden"
  sensitive = true
}

resource "terraform_data" "table" {
  input = var.name
}

resource "terraform_data" "item" {
  input = terraform_data.table.output
}

resource "terraform_data" "key" {
  input = var.key
}
