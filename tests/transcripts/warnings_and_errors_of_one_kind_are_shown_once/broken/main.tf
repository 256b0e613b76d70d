output "orders" {
  value = var.orders
}

output "events" {
  value = var.events
}

output "seeds" {
  value = var.seeds
}
