resource "lab_item" "lines" {
  count = 7
  name = "line-${count.index}"
}
