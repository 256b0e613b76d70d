variable "later" {
  type = string
}

variable "later_number" {
  type = number
}

variable "key" {
  default   = "k"
  sensitive = true
}

resource "lab" "everything_is_set" {
  name  = "orders"
  size  = "12"
  tags  = { team = 1 }
  class = "fast"
  ttl {
    name = "expires"
  }
  limits {
    name   = "l"
    weight = 3
  }
  index {
    name = "by_status"
    keys = ["status", 1]
  }
  index {
    name = "by_time"
  }
  rule {
    name = "b"
  }
  rule {
    name = "a"
  }
  rule {
    name = "b"
  }
}

resource "lab" "little_is_set" {
  name = "orders"
}

resource "lab" "meta_arguments_are_not_the_providers" {
  count      = 3
  name       = "orders-${count.index}"
  depends_on = [lab.little_is_set]
  provider   = lab
  lifecycle {
    prevent_destroy = true
  }
}

resource "lab" "each_has_key_and_value" {
  for_each = { k = "v" }
  name     = each.key
  class    = each.value
}

resource "lab" "unknown_and_sensitive_go_through" {
  name  = var.later
  size  = var.later_number
  class = "c-${var.key}"
  tags  = { a = var.later, b = var.key }
  index {
    name = var.later
  }
}

resource "lab" "what_is_required_is_missing" {
  index {
    keys = []
  }
}

resource "lab" "what_is_required_is_null" {
  name = null
}

resource "lab" "nobody_expects_these" {
  name = "orders"
  naem = 1
  ttl  = {}
  indx {}
  size {}
}

resource "lab" "only_computed_is_configured" {
  name = "orders"
  id   = "x"
}

resource "lab" "types_do_not_fit" {
  name = ["orders"]
  size = "many"
  tags = ["a"]
  index {
    name = "i"
    keys = { a = 1 }
  }
}

resource "lab" "a_single_block_twice" {
  name = "orders"
  ttl {
    name = "a"
  }
  ttl {
    name = "b"
  }
}

resource "lab" "a_list_too_long" {
  name = "orders"
  index {
    name = "a"
  }
  index {
    name = "b"
  }
  index {
    name = "c"
  }
}

resource "lab" "a_block_with_a_label" {
  name = "orders"
  index "a" {
    name = "a"
  }
}

resource "lab" "an_expression_fails" {
  name = upper(1, 2)
  size = 1 / 0
}
