variable "word" {
  description = "which word"
}

resource "terraform_data" "orders" {
  input = var.word
}
