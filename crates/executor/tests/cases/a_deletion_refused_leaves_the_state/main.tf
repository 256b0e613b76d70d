# Nothing is wanted.
