"""The window: frame, docks, dialogs and jobs."""
