resource "lab_table" "events" {
  name = "fixed"
}
