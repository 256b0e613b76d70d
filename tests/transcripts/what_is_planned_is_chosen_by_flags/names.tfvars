name = "events"
