"""Phones that may be pushed to."""
