resource "terraform_data" "orders" {
  input = join("-", [for n in range(1000) : "paid-by-card-on-day-${n}"])
}
