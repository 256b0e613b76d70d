# Nothing is needed to be told how a command is used.
