resource "terraform_data" "event" {}
