"""Erasing people, when they ask for it or were not here for years; and what else goes by itself, and when."""
