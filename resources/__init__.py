"""Data only: icons, fonts, style, word lists, help, schemas."""
