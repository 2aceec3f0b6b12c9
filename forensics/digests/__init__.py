"""Digests and hash sets."""
