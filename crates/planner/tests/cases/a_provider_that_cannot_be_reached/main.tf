provider "lab" {
  endpoint = "nowhere"
}
resource "lab_table" "orders" {
  name = "orders"
}
resource "terraform_data" "apart" {
  input = 1
}
