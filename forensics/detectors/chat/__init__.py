"""Logs and stores of messaging programs."""
