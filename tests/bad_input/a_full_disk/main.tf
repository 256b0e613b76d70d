resource "terraform_data" "orders" {
  input = join("-", [for n in range(5000) : "paid-${n}"])
}
