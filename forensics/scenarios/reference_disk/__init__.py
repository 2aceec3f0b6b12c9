"""The reference disk: as many files, words and traces as a small seized disk, with artefacts in every place.

It measures speed and recall; `disk.make` builds it for a seed and a size.
"""
