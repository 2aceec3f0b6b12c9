"""Makers of artefacts: addresses, keys, wallets, logs, pages and pictures, all from a seed."""
