"""The single pass over the image: plan, patterns, windows."""
