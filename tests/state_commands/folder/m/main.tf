resource "terraform_data" "i" { input = [1,2] }
