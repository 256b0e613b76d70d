resource "terraform_data" "a" {
  depends_on = terraform_data.b
}
resource "terraform_data" "b" {
  depends_on = ["terraform_data.a", terraform_data.c, 1]
}
output "o" {
  value      = 1
  depends_on = [lower("x")]
}
