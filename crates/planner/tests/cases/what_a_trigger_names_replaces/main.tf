resource "lab_table" "orders" {
  for_each = { a = 1, b = 2 }
  name     = each.key
  size     = each.value
}
resource "lab_table" "by_one" {
  for_each = { a = 1, b = 2 }
  name     = "one-${each.key}"
  lifecycle {
    replace_triggered_by = [lab_table.orders[each.key].size]
  }
}
resource "lab_table" "by_all" {
  name = "all"
  lifecycle {
    replace_triggered_by = [lab_table.orders]
  }
}
resource "lab_table" "by_other" {
  name = "other"
  lifecycle {
    replace_triggered_by = [lab_table.orders["b"].name]
  }
}
