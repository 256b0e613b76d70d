variable "name" {
  type = string
}
resource "lab_table" "this" {
  name = var.name
}
output "id" {
  value = lab_table.this.id
}
