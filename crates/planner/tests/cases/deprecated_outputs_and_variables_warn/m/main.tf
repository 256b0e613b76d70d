variable "old" {
  default    = "d"
  deprecated = "Set new."
}
variable "older" {
  default    = null
  deprecated = "Set new."
}
output "old" {
  value      = var.old
  deprecated = "Take new."
}
output "new" {
  value = 1
}
