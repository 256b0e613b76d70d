run "nothing_is_asked" {
  command = prepare
}
