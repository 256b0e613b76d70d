resource "lab_table" "kept" {
  name = "kept"
}
