terraform {
  required_providers {
    aws    = "~> 5.0"
    short  = { source = "me/short" }
    hosted = { source = "example.com/me/hosted", version = "1.2.3" }
    lone   = { source = "lone" }
    alias  = { source = "hashicorp/alias", configuration_aliases = [alias.east] }
    empty  = {}
  }
}
