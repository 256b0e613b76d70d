resource "terraform_data" "order" {}
