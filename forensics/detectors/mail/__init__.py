"""Messages of e-mail."""
