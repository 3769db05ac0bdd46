"""Stored submissions through the present rules and policy: what would change, before anything does."""
