resource "lab_table" "first" {
  name = "first"
}
module "table" {
  source = "./table"
  count  = length(lab_table.first.id)
  name   = "table"
}
