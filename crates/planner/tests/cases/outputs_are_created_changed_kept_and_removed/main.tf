output "new" {
  value = 1
}
output "changed" {
  value = 2
}
output "kept" {
  value = { a = [1] }
}
output "hidden" {
  value = 1
  sensitive = true
}
output "null" {
  value = null
}
