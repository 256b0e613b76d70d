resource "lab_table" "events" {
  name = "events"
  size = 2
}
