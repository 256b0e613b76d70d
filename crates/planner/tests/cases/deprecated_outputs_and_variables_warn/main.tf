module "m" {
  source = "./m"
  old    = "x"
  older  = null
}
output "o" {
  value = module.m.old
}
output "n" {
  value = module.m.new
}
