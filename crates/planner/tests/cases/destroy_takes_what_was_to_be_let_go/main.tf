removed {
  from = lab_table.orders
  lifecycle {
    destroy = false
  }
}
