terraform {
  required_version = "latest"
}
terraform {
  required_version = var.v
}
terraform {
  required_version = 1
}
