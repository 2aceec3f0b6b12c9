"""The verbs of the terminal, which the window calls too."""
