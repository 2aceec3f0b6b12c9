"""The manual in the window: a list of pages, a search, and the page."""
