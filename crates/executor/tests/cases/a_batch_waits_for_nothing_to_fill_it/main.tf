resource "lab_item" "lines" {
  count = 2
  name = "line-${count.index}"
}
resource "lab_item" "more" {
  count = 2
  name = "more-${count.index}"
}
resource "lab_item" "late" {
  count = 2
  name = "late-${count.index}"
  note = lab_item.lines[0].id
}
