resource "lab_table" "first" {
  name = "first"
}
module "outer" {
  source     = "./outer"
  depends_on = [lab_table.first]
}
