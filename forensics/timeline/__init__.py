"""Events gathered, ordered and binned."""
