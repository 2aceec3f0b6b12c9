"""Traces of I2P: names, keys, address books, tunnels."""
