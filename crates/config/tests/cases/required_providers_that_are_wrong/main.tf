terraform {
  required_providers {
    a = { source = "too/many/parts/here" }
    b = { source = "" }
    c = { version = "about 5" }
    d = "five"
    e = 5
    f = { sauce = "hashicorp/f" }
    g = { source = var.g }
    h = [1]
  }
}
