provider "aws" {
  alias = "a b"
}
provider "aws" {
  alias = var.x
}
provider "aws" {
  alias = 1
}
