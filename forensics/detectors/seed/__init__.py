"""Seed phrases."""
