provider "lab" {}
provider "lab" {
  alias = "east"
}
resource "lab_table" "orders" {
  provider = lab.east
  name = "orders"
}
