variable "secret" {
  default   = ["a", "b"]
  sensitive = true
}

variable "later" {
  type = list(string)
}

resource "lab" "of_a_map" {
  name = "orders"
  dynamic "rule" {
    for_each = { b = 2, a = 1 }
    content {
      name   = rule.key
      weight = rule.value
    }
  }
}

resource "lab" "between_written_blocks" {
  name = "orders"
  index {
    name = "first"
  }
  dynamic "index" {
    for_each = ["second"]
    iterator = each_index
    content {
      name = each_index.value
      keys = ["${each_index.key}"]
    }
  }
}

resource "lab" "of_nothing" {
  name = "orders"
  dynamic "ttl" {
    for_each = []
    content {
      name = ttl.value
    }
  }
}

resource "lab" "of_a_set" {
  name = "orders"
  dynamic "ttl" {
    for_each = toset(["a"])
    content {
      name = "${ttl.key}${ttl.value}"
    }
  }
}

resource "lab" "of_a_sensitive_list" {
  name = "orders"
  dynamic "index" {
    for_each = var.secret
    content {
      name = index.value
    }
  }
}

resource "lab" "of_what_is_not_known" {
  name = "orders"
  dynamic "index" {
    for_each = var.later
    content {
      name = index.value
    }
  }
  dynamic "rule" {
    for_each = var.later
    content {
      name = rule.value
    }
  }
}

resource "lab" "of_elements_that_are_not_known" {
  name = "orders"
  dynamic "rule" {
    for_each = { a = var.later }
    content {
      name   = rule.key
      weight = rule.value[0]
    }
  }
}

resource "lab" "too_many_are_counted" {
  name = "orders"
  dynamic "index" {
    for_each = [1, 2, 3]
    content {
      name = "i${index.value}"
    }
  }
}

resource "lab" "a_type_that_is_not_expected" {
  name = "orders"
  dynamic "nope" {
    for_each = []
    content {}
  }
}

resource "lab" "a_block_of_the_language" {
  name = "orders"
  dynamic "lifecycle" {
    for_each = [1]
    content {}
  }
}

resource "lab" "nothing_to_go_through" {
  name = "orders"
  dynamic "rule" {
    for_each = null
    content {
      name = "a"
    }
  }
  dynamic "index" {
    for_each = var.later[0]
    content {
      name = "a"
    }
  }
}

resource "lab" "labels_are_refused" {
  name = "orders"
  dynamic "rule" {
    for_each = [1]
    labels   = ["a"]
    content {
      name = "a"
    }
  }
  dynamic {
    for_each = [1]
    content {}
  }
}

resource "lab" "contents_missing_and_doubled" {
  name = "orders"
  dynamic "rule" {
    for_each = [1]
  }
  dynamic "index" {
    for_each = [1]
    content {
      name = "a"
    }
    content {
      name = "b"
    }
  }
  dynamic "ttl" {
    content {
      name = "a"
    }
  }
}

resource "lab" "iterators_that_are_no_names" {
  name = "orders"
  dynamic "rule" {
    for_each = [1]
    iterator = a.b
    content {
      name = "a"
    }
  }
  dynamic "index" {
    for_each = [1]
    iterator = "a"
    content {
      name = "a"
    }
  }
}
