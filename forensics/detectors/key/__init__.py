"""Private keys and what derives them."""
