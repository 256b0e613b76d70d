provider "aws" {
  version = "~> 5.0"
  region  = "us-east-1"
}

provider "aws" {
  alias   = "west"
  version = "~> 5.0"
  region  = "eu-west-1"
}

provider "aws" {
  alias   = "south"
  version = "~> 5.0"
  region  = "eu-south-1"
}
