variable "secret" {
  type      = string
  default   = "s3cr3t"
  sensitive = true
}

resource "terraform_data" "orders" {
  count = 2
  input = { i = count.index, text = "a <b> & c", secret = var.secret }
}

resource "terraform_data" "events" {
  for_each         = toset(["eu", "us"])
  input            = 1.50
  triggers_replace = [each.key, null]
  depends_on       = [terraform_data.orders]

  lifecycle {
    create_before_destroy = true
    postcondition {
      condition     = self.output == 1.5
      error_message = "not one and a half"
    }
  }
}

output "orders" {
  value     = terraform_data.orders[*].output
  sensitive = true
}

output "old" {
  value      = terraform_data.events["eu"].output
  deprecated = "use orders"
}

output "many" {
  value = { a = [1, "x"], b = 1e30, c = 0.1, d = null, e = toset(["é <&>"]) }
}

check "orders" {
  assert {
    condition     = length(terraform_data.orders) == 2
    error_message = "not two"
  }
}
