variable "word" {
  default = "a"
}

output "word" {
  value = var.word
}
