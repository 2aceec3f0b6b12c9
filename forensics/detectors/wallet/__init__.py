"""Wallet files of cryptocurrency programs."""
