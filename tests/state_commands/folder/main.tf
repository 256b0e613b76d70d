
resource "terraform_data" "a" { input = "x" }
resource "terraform_data" "c" {
  count = 3
  input = terraform_data.a.output
}
resource "terraform_data" "f" {
  for_each = toset(["k one", "b"])
  input = { k = each.key, s = sensitive("geheim") }
}
module "m" {
  source = "./m"
}
module "n" {
  count  = 2
  source = "./m"
}
output "o" { value = terraform_data.a.output }
output "s" {
  value = "geheim"
  sensitive = true
}
