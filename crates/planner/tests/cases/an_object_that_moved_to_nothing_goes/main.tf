moved {
  from = lab_table.old
  to   = lab_table.orders
}
