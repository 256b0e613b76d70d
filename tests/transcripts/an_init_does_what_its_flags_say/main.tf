terraform {
  backend "local" {
    path = "kept/terraform.tfstate"
  }
}

module "events" {
  source = "./events"
}
