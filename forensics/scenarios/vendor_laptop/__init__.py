"""The laptop of a vendor of tea, tiles and seeds on an invented market: a synthetic seized disk."""
