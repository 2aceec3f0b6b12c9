"""Means of payment other than wallets."""
