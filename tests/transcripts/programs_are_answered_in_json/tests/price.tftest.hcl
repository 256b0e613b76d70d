run "a_price_is_kept" {
  command = plan

  assert {
    condition     = terraform_data.orders.input.price == 5
    error_message = "The price is another."
  }
}
