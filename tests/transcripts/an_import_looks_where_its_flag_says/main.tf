# The configuration lies in infra.
