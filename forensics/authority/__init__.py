"""Scope, privilege, roles."""
