"""One module for each way of looking at evidence; read-only by construction."""
