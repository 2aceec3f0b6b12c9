"""Image bytes as layers, and the integrity of their containers."""
