resource "terraform_data" "plain" {
  provider = aws
}
resource "terraform_data" "alias" {
  provider = aws.west
}
resource "terraform_data" "quoted" {
  provider = "aws.west"
}
resource "terraform_data" "deep" {
  provider = aws.west.east
}
resource "terraform_data" "index" {
  provider = aws["west"]
}
resource "terraform_data" "number" {
  provider = 1
}
resource "terraform_data" "text" {
  provider = "a b"
}
