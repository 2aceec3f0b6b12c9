"""The ten places of the rail."""
