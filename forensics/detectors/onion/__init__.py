"""Names of hidden services."""
