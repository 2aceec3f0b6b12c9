"""The case database: projections that can be rebuilt from the ledger."""
