"""Stores of secrets: password databases, their exports, and what stands in them in clear."""
