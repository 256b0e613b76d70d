variable "later" {}

variable "later_set" {
  type = set(string)
}

variable "later_number" {
  type = number
}

variable "secret" {
  default   = { a = 1 }
  sensitive = true
}

variable "secret_number" {
  default   = 2
  sensitive = true
}

resource "lab" "single" {}

resource "lab" "count" {
  count = 3
}

resource "lab" "count_zero" {
  count = 0
}

resource "lab" "count_of_a_text" {
  count = "2"
}

resource "lab" "count_sensitive" {
  count = var.secret_number
}

resource "lab" "count_negative" {
  count = -1
}

resource "lab" "count_broken" {
  count = 1.5
}

resource "lab" "count_huge" {
  count = 99999999999
}

resource "lab" "count_beyond" {
  count = 1e40
}

resource "lab" "count_null" {
  count = null
}

resource "lab" "count_unknown" {
  count = var.later_number
}

resource "lab" "count_of_a_list" {
  count = [1]
}

resource "lab" "count_of_a_word" {
  count = "two"
}

resource "lab" "count_infinite" {
  count = 1 / 0
}

resource "lab" "each_of_an_object" {
  for_each = { b = 1, a = [2] }
}

resource "lab" "each_of_a_map_of_unknowns" {
  for_each = { a = var.later }
}

resource "lab" "each_of_a_set" {
  for_each = toset(["b", "a", "b"])
}

resource "lab" "each_of_nothing" {
  for_each = {}
}

resource "lab" "each_of_an_empty_set" {
  for_each = toset([])
}

resource "lab" "each_of_a_list" {
  for_each = ["a"]
}

resource "lab" "each_of_numbers" {
  for_each = toset([1, 2])
}

resource "lab" "each_of_a_text" {
  for_each = "a"
}

resource "lab" "each_null" {
  for_each = null
}

resource "lab" "each_unknown" {
  for_each = var.later
}

resource "lab" "each_unknown_set" {
  for_each = var.later_set
}

resource "lab" "each_of_unknown_keys" {
  for_each = { (var.later) = 1 }
}

resource "lab" "each_of_a_set_with_unknowns" {
  for_each = toset(["a", "b-${var.later}"])
}

resource "lab" "each_of_a_set_with_null" {
  for_each = toset(["a", null])
}

resource "lab" "each_sensitive" {
  for_each = var.secret
}

resource "lab" "each_sensitive_inside" {
  for_each = { a = var.secret_number }
}
