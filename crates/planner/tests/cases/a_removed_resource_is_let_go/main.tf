removed {
  from = lab_table.orders
  lifecycle {
    destroy = false
  }
}
removed {
  from = lab_table.events
}
