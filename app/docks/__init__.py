"""The parts of a place that stand beside its table: tree, viewers, inspector."""
