"""Supervisor, zygote and workers."""
