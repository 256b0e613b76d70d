variable "v" {
  default = "b"
}
resource "terraform_data" "a" {
  input = var.v
}
resource "terraform_data" "b" {
  input = terraform_data.a.output
  triggers_replace = var.v
}
