"""The graph of entities."""
