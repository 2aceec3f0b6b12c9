"""Partition tables, the volumes they name and the gaps between."""
