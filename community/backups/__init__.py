"""Copies of everything, sealed, that can be put into an empty place again. Needs settings, not the app."""
