"""SQLite databases read from their bytes alone, deleted and superseded rows included.

SQLite itself is not used: it wants a file of its own, and runs what a schema tells it to.
"""
