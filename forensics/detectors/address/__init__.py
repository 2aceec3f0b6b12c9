"""Addresses of payment networks."""
