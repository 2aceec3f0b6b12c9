"""Entries, streams, slack and unallocated runs, through The Sleuth Kit."""
