variable "keys" {
  type = set(string)
  sensitive = true
}
resource "lab_table" "events" {
  for_each = var.keys
  name = each.key
}
