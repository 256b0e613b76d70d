variable "word" {
  default = "a"
}

resource "terraform_data" "orders" {
  input = var.word
}
