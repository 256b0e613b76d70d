moved {
  from = module.a
  to   = lab_table.a
}
moved {
  from = lab_table.a.name
  to   = local.a
}
moved {
  from = lab_table["x"].a
  to   = module["a"]
}
moved {
  from = lab_table.a[1.5]
  to   = lab_table.a[null]
}
moved {
  from = lab_table.a["x"].y
  to   = lab_table.a[var.x]
}
moved {
  to = lab_table
}
removed {
  from = lab_table.a[0]
}
removed {
  from = module.a["x"].lab_table.a
}
removed {
  from = data.lab_names.a
}
removed {
  from = lab_table.a
  provisioner "local-exec" {
    when    = destroy
    command = "true"
  }
}
