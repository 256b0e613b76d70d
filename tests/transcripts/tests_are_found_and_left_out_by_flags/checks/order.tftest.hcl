run "an_order_is_made" {
  assert {
    condition     = terraform_data.order.output == "one"
    error_message = "The order is another one."
  }
}
