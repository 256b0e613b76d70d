data "lab_lockup" "jobs" {
  depth = 1
}
