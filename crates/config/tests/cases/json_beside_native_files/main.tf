locals {
  native = "native"
}
