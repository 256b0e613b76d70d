module "table" {
  source = "../table"
  count  = 2
  name   = "table-${count.index}"
}
