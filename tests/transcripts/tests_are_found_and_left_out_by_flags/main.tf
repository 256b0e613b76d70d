resource "terraform_data" "order" {
  input = "one"
}
