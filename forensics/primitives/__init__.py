"""Pure validation functions with their published vectors."""
