"""Everything true of the evidence; runs with no Qt installed."""
